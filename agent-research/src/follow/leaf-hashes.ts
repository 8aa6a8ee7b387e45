import { dirname } from "node:path";
import { nodeDisk, writeWhole } from "@believe/host/disk";
import { nodeSha256 } from "@believe/host/keys";
import { type Bytes, type Disk, invariant } from "@believe/shared/base";
import { Frontier } from "@believe/shared/wire/log";

const HASH_BYTES = 32;
/** A compact tree is remembered at each multiple of this size, so that a root takes no more hashes than this. */
const STEP = 256;

/**
 * The leaf hashes of a followed log in one file, 32 bytes each: what it takes to know the root at any size that was
 * seen. Hashes beyond the size that the state file names are of a write that a crash cut off; they are written again.
 */
export class LeafHashes {
  readonly #file: string;
  readonly #disk: Disk;
  /** Complete subtrees at 0, 256, 512 and so on, as far as anyone asked. */
  readonly #steps: (readonly Bytes[])[] = [[]];

  constructor(file: string, disk: Disk = nodeDisk) {
    this.#file = file;
    this.#disk = disk;
  }

  /** How many hashes the file holds. */
  get count(): number {
    if (!this.#disk.exists(this.#file)) return 0;
    const handle = this.#disk.open(this.#file, "r");
    try {
      return this.#countIn(handle);
    } finally {
      this.#disk.close(handle);
    }
  }

  /** Writes the hashes of the leaves from number `at` on and returns once they are on the disk. */
  write(at: number, hashes: readonly Bytes[]): void {
    const steps = Math.floor(at / STEP) + 1;
    this.#steps.length = Math.min(this.#steps.length, steps);
    const bytes = new Uint8Array(hashes.length * HASH_BYTES);
    for (const [i, hash] of hashes.entries()) bytes.set(hash, i * HASH_BYTES);
    const isNew = !this.#disk.exists(this.#file);
    const handle = this.#disk.open(this.#file, isNew ? "w" : "r+");
    try {
      writeWhole(this.#disk, handle, bytes, at * HASH_BYTES);
      this.#disk.sync(handle);
    } finally {
      this.#disk.close(handle);
    }
    if (isNew) this.#disk.syncFolder(dirname(this.#file));
  }

  /** Root of the first `size` leaves; null where the file does not hold so many. */
  rootAt(size: number): Bytes | null {
    if (size === 0) return Frontier.empty(nodeSha256).root();
    if (!this.#disk.exists(this.#file)) return null;
    const handle = this.#disk.open(this.#file, "r");
    try {
      if (this.#countIn(handle) < size) return null;
      const step = Math.floor(size / STEP);
      for (let at = this.#steps.length; at <= step; at++) {
        const tree = this.#tree(handle, at - 1, at * STEP);
        this.#steps.push(tree.hashes);
      }
      return this.#tree(handle, step, size).root();
    } finally {
      this.#disk.close(handle);
    }
  }

  #countIn(handle: number): number {
    return Math.floor(this.#disk.size(handle) / HASH_BYTES);
  }

  #tree(handle: number, step: number, size: number): Frontier {
    const tree = Frontier.of(step * STEP, this.#steps[step] ?? [], nodeSha256);
    const bytes = new Uint8Array((size - step * STEP) * HASH_BYTES);
    for (let read = 0; read < bytes.length; ) {
      const from = step * STEP * HASH_BYTES + read;
      const count = this.#disk.read(handle, bytes.subarray(read), from);
      invariant(count > 0, "a file of so many hashes gives them");
      read += count;
    }
    for (let at = 0; at < bytes.length; at += HASH_BYTES) {
      tree.append(bytes.slice(at, at + HASH_BYTES));
    }
    return tree;
  }
}
