import { createHash } from "node:crypto";
import { join } from "node:path";
import { makeFolders, nodeDisk, replaceFileLater } from "@believe/host/disk";
import { parsePartName, type ReplicaList } from "@believe/host/replica";
import type { Disk } from "@believe/shared/base";
import { ResearchFailure } from "../failure.ts";
import { PartShelf, type PartShelfOptions } from "./part-shelf.ts";

/** Where the parts lie, beside the segments. */
export const PARTS = "parts";
const CHUNK_BYTES = 64 * 1024;
const SEGMENT_NAME = /^[a-z0-9][a-z0-9.-]{0,63}$/;

/**
 * What the broker agent replicates: closed capture files, and the parts of its journal, each acknowledged by the hash
 * of its bytes.
 */
export class Replica {
  /** Where everything of it lies. */
  readonly disk: Disk;
  readonly #folder: string;
  readonly #shelf: PartShelf | null;
  #segments = 0;
  #bytes = 0;

  /** Without the names of whose parts they are, it holds segments only. */
  constructor(folder: string, parts?: Omit<PartShelfOptions, "folder">, disk: Disk = nodeDisk) {
    this.#folder = folder;
    this.disk = disk;
    this.#shelf =
      parts === undefined ? null : new PartShelf({ folder: join(folder, PARTS), disk, ...parts });
  }

  async open(): Promise<void> {
    makeFolders(this.disk, this.#folder);
    await this.#shelf?.open();
    for (const name of this.disk.list(this.#folder)) {
      if (name === PARTS) continue;
      // A draft is what a crash left of an upload that was never acknowledged.
      if (name.endsWith(".new")) await this.disk.later.unlink(join(this.#folder, name));
      else {
        this.#segments += 1;
        this.#bytes += sizeOf(this.disk, join(this.#folder, name));
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
    const segments = this.disk.list(this.#folder).filter((name) => name.endsWith(".jsonl"));
    return { ...parts, segments: segments.sort() };
  }

  /** The file of a name that is held, null for any other. */
  file(name: string): string | null {
    const part = this.#shelf?.file(name) ?? null;
    if (part !== null) return part;
    const file = join(this.#folder, name);
    return SEGMENT_NAME.test(name) && name.endsWith(".jsonl") && this.disk.exists(file)
      ? file
      : null;
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
    if (this.disk.exists(file)) {
      const held = await hashOf(this.disk, file);
      if (held === hash) return hash;
      throw new ResearchFailure(
        "bad-segment",
        `expected segment ${name} to stay ${held}, was offered as ${hash}`,
      );
    }
    await replaceFileLater(file, bytes, this.disk);
    this.#segments += 1;
    this.#bytes += bytes.length;
    return await hashOf(this.disk, file);
  }
}

function sizeOf(disk: Disk, path: string): number {
  const file = disk.open(path, "r");
  try {
    return disk.size(file);
  } finally {
    disk.close(file);
  }
}

async function hashOf(disk: Disk, path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await disk.later.open(path, "r");
  try {
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (let at = 0; ; ) {
      const count = await disk.later.read(file, chunk, at);
      if (count === 0) return hash.digest("hex");
      hash.update(chunk.subarray(0, count));
      at += count;
    }
  } finally {
    await disk.later.close(file);
  }
}
