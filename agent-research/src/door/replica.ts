import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { parsePartName, type ReplicaList } from "@believe/host/replica";
import { ResearchFailure } from "../failure.ts";
import { PartShelf, type PartShelfOptions } from "./part-shelf.ts";

/** Where the parts lie, beside the segments. */
export const PARTS = "parts";
const SEGMENT_NAME = /^[a-z0-9][a-z0-9.-]{0,63}$/;

/**
 * What the broker agent replicates: closed capture files, and the parts of its journal, each acknowledged by the hash
 * of its bytes.
 */
export class Replica {
  readonly #folder: string;
  readonly #shelf: PartShelf | null;
  #segments = 0;
  #bytes = 0;

  /** Without the names of whose parts they are, it holds segments only. */
  constructor(folder: string, parts?: Omit<PartShelfOptions, "folder">) {
    this.#folder = folder;
    this.#shelf =
      parts === undefined ? null : new PartShelf({ folder: join(folder, PARTS), ...parts });
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await this.#shelf?.open();
    for (const name of readdirSync(this.#folder)) {
      if (name === PARTS) continue;
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

  /** What is held, for the agent that left it here. */
  get list(): ReplicaList {
    const nothing = { next: 0, parts: [] };
    const parts = this.#shelf?.list ?? { journal: nothing, leaves: nothing };
    const segments = readdirSync(this.#folder).filter((name) => name.endsWith(".jsonl"));
    return { ...parts, segments: segments.sort() };
  }

  /** The file of a name that is held, null for any other. */
  file(name: string): string | null {
    const part = this.#shelf?.file(name) ?? null;
    if (part !== null) return part;
    const file = join(this.#folder, name);
    return SEGMENT_NAME.test(name) && name.endsWith(".jsonl") && existsSync(file) ? file : null;
  }

  /**
   * Takes a segment or a part whole or not at all and returns the sha256 of what now lies on the disk (hex).
   * The same bytes again are acknowledged again; other bytes under a known name are refused.
   */
  async put(name: string, bytes: Uint8Array): Promise<string> {
    if (!SEGMENT_NAME.test(name)) {
      throw new ResearchFailure(
        "bad-segment",
        `expected a segment name of a-z, 0-9, dot and dash, was ${JSON.stringify(name)}`,
      );
    }
    if (this.#shelf !== null && parsePartName(name) !== null) {
      return await this.#shelf.put(name, bytes);
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
