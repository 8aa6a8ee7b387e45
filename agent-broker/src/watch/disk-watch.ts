import { statfsSync } from "node:fs";

/** Room has to grow this much above the limit before entries are allowed again. */
const EASED = 1.1;

/** Bytes that a process of ours may still write to the disk of a folder. */
export function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Whether the disk has room for the record of another trade: exits and cancels are journaled in what is left. */
export class DiskWatch {
  readonly #freeBytes: () => number;
  readonly #limitBytes: number;
  #isLow = false;

  constructor(limitBytes: number, freeBytes: () => number) {
    this.#limitBytes = limitBytes;
    this.#freeBytes = freeBytes;
  }

  get isLow(): boolean {
    return this.#isLow;
  }

  /** Looks at the disk; answers whether the verdict changed. */
  look(): boolean {
    const free = this.#freeBytes();
    const was = this.#isLow;
    this.#isLow = free < this.#limitBytes * (was ? EASED : 1);
    return was !== this.#isLow;
  }
}
