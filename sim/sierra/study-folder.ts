import {
  appendFileSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  truncateSync,
} from "node:fs";
import { join } from "node:path";
import { Failure } from "@believe/shared/base";
import { fileName } from "./layout.ts";

export class StudyFailure extends Failure<"folder-unusable" | "other-tape"> {}

const LF = 0x0a;
const CHUNK = 1 << 20;
/** Windows refuses an open while another process holds the file in its own way: the next flush tries again. */
const BUSY: ReadonlySet<string> = new Set(["EBUSY", "EPERM", "EACCES"]);

/** What an earlier run of the study has left: how many of the tape's rows, the last of them, and rows of others. */
export interface Written {
  readonly rows: number;
  readonly lastLine: string | null;
  readonly foreign: number;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function* lines(path: string): Generator<Buffer, number, undefined> {
  const file = openSync(path, "r");
  try {
    const size = fstatSync(file).size;
    let rest: Buffer = Buffer.alloc(0);
    for (let at = 0; at < size; ) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK, size - at));
      const got = readSync(file, chunk, 0, chunk.length, at);
      if (got === 0) break;
      at += got;
      const bytes = Buffer.concat([rest, chunk.subarray(0, got)]);
      let from = 0;
      for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, from)) {
        yield bytes.subarray(from, end);
        from = end + 1;
      }
      rest = bytes.subarray(from);
    }
    return size - rest.length;
  } finally {
    closeSync(file);
  }
}

/** The folder in which a study writes one kind of daily file for one symbol: open, append, close. */
export class StudyFolder {
  readonly #folder: string;
  readonly #kind: "ticks" | "dom";
  readonly #symbol: string;
  readonly #header: string;
  #waiting = "";
  #waitingDay = "";

  constructor(options: {
    readonly folder: string;
    readonly kind: "ticks" | "dom";
    readonly symbol: string;
    readonly header: string;
  }) {
    this.#folder = options.folder;
    this.#kind = options.kind;
    this.#symbol = options.symbol;
    this.#header = options.header;
  }

  /**
   * Looks at what is there beside `expected`, the ends of the rows that the tape would have written. A row that is not
   * the next of them is somebody else's and stays; one torn by a power loss is cut off, for its rest will never come.
   */
  recover(expected: Iterator<string>): Written {
    const start = fileName(this.#kind, this.#symbol, "");
    const prefix = start.slice(0, -".csv".length);
    let rows = 0;
    let foreign = 0;
    let lastLine: string | null = null;
    let next = expected.next();
    try {
      mkdirSync(this.#folder, { recursive: true });
      const names = readdirSync(this.#folder).filter(
        (name) => name.startsWith(prefix) && /^\d{8}\.csv$/.test(name.slice(prefix.length)),
      );
      for (const name of names.sort()) {
        const path = join(this.#folder, name);
        const walk = lines(path);
        let step = walk.next();
        for (; !step.done; step = walk.next()) {
          const line = step.value.toString("latin1").replace(/\r$/, "");
          if (line === this.#header) continue;
          if (next.done || !(line === next.value || line.endsWith(`,${next.value}`))) {
            foreign++;
            continue;
          }
          rows++;
          lastLine = line;
          next = expected.next();
        }
        truncateSync(path, step.value);
      }
    } catch (cause) {
      const message = `expected a folder to write to at ${this.#folder}, was ${codeOf(cause)}`;
      throw new StudyFailure("folder-unusable", message, { cause });
    }
    return { rows, lastLine, foreign };
  }

  /** Adds a line (latin1 text without its end) for the file of `day`. */
  add(day: string, line: string): void {
    if (day !== this.#waitingDay) {
      this.flush();
      this.#waitingDay = day;
    }
    this.#waiting += `${line}\r\n`;
  }

  /** True when everything added so far is in a file. */
  flush(): boolean {
    if (this.#waiting === "") return true;
    const path = join(this.#folder, fileName(this.#kind, this.#symbol, this.#waitingDay));
    let file: number;
    try {
      file = openSync(path, "a");
    } catch (error) {
      if (BUSY.has(codeOf(error))) return false;
      throw error;
    }
    try {
      const head = fstatSync(file).size === 0 ? `${this.#header}\r\n` : "";
      appendFileSync(file, Buffer.from(head + this.#waiting, "latin1"));
      this.#waiting = "";
    } finally {
      closeSync(file);
    }
    return true;
  }
}
