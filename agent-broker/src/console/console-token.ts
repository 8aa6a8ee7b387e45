import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";

const TOKEN_BYTES = 32;

/** The one bearer of the console: 32 bytes from the operating system, base64url, in a file that its owner alone reads. */
export class ConsoleToken {
  readonly text: string;
  readonly #hash: Buffer;

  constructor(text: string) {
    this.text = text;
    this.#hash = hashOf(text);
  }

  /** Makes a fresh token for this run and puts it into `file` (0600): an old one opens nothing any more. */
  static make(file: string): ConsoleToken {
    const text = randomBytes(TOKEN_BYTES).toString("base64url");
    const draft = `${file}.new`;
    const fd = openSync(draft, "w", 0o600);
    try {
      writeSync(fd, `${text}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, file);
    return new ConsoleToken(text);
  }

  static read(file: string): ConsoleToken {
    return new ConsoleToken(readFileSync(file, "utf8").trim());
  }

  /** Whether an Authorization header carries it; hashes are compared, so that neither time nor length tells anything. */
  matches(authorization: string | undefined): boolean {
    const given = /^Bearer ([A-Za-z0-9_-]{1,128})$/.exec(authorization ?? "")?.[1];
    return given !== undefined && timingSafeEqual(hashOf(given), this.#hash);
  }
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
