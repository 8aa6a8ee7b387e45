import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ResearchFailure } from "../failure.ts";

const SEGMENT_NAME = /^[a-z0-9][a-z0-9.-]{0,63}$/;

/** What the broker agent replicates: closed capture files, each acknowledged by the hash of its bytes. */
export class Replica {
  readonly #folder: string;
  #segments = 0;
  #bytes = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    for (const name of readdirSync(this.#folder)) {
      // A part file is what a crash left of an upload that was never acknowledged.
      if (name.endsWith(".part")) await rm(join(this.#folder, name));
      else {
        this.#segments += 1;
        this.#bytes += statSync(join(this.#folder, name)).size;
      }
    }
  }

  get counts(): { readonly segments: number; readonly bytes: number } {
    return { segments: this.#segments, bytes: this.#bytes };
  }

  /**
   * Takes a segment whole or not at all and returns the sha256 of what now lies on the disk (hex).
   * The same bytes again are acknowledged again; other bytes under a known name are refused.
   */
  async put(name: string, bytes: Uint8Array): Promise<string> {
    if (!SEGMENT_NAME.test(name)) {
      throw new ResearchFailure(
        "bad-segment",
        `expected a segment name of a-z, 0-9, dot and dash, was ${JSON.stringify(name)}`,
      );
    }
    const file = join(this.#folder, name);
    const hash = createHash("sha256").update(bytes).digest("hex");
    if (existsSync(file)) {
      const held = await hashOf(file);
      if (held === hash) return hash;
      throw new ResearchFailure(
        "bad-segment",
        `expected segment ${name} to stay ${held}, was offered as ${hash}`,
      );
    }
    const part = `${file}.${process.pid}.part`;
    const handle = await open(part, "w");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
    this.#segments += 1;
    this.#bytes += bytes.length;
    return await hashOf(file);
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}
