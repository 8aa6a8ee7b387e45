import { dirname } from "node:path";
import { BytesFailure, type Disk, utf8, utf8Text } from "@believe/shared/base";
import { cutTornLine, linesBetween, rewriteTail, writeWhole } from "../disk/index.ts";
import { SpoolFailure } from "./failure.ts";
import { encodeLeafRow, parseLeafRow, type SealedLeaf } from "./sealed-leaf.ts";

/** More than one append without a sync between ever holds: a week of leaves. */
const TAIL_BYTES = 16 << 20;

/**
 * `leaves.jsonl`: every sealed leaf, one a line, only ever appended to. Memory holds where each line begins,
 * the lines are read when they are asked for.
 */
export class LeafFile {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #origin: string;
  readonly #fd: number;
  readonly #starts: number[] = [];
  #bytes = 0;

  private constructor(disk: Disk, path: string, origin: string) {
    this.#disk = disk;
    this.#path = path;
    this.#origin = origin;
    this.#fd = disk.open(path, "r+");
  }

  /** Opens or creates the file, cuts a torn last line (it was never offered) and shows each leaf to `see`. */
  static open(disk: Disk, path: string, origin: string, see: (leaf: SealedLeaf) => void): LeafFile {
    disk.close(disk.open(path, "a+", 0o600));
    disk.syncFolder(dirname(path));
    const file = new LeafFile(disk, path, origin);
    try {
      const size = disk.size(file.#fd);
      for (const { bytes } of linesBetween(disk, file.#fd, 0, size)) {
        const leaf = file.#parse(bytes, file.size);
        see(leaf);
        file.#grow(bytes.length + 1);
      }
      cutTornLine(disk, { path, file: file.#fd, from: file.#bytes, to: size });
      // Whole lines that a killed process did not sync are leaves from here on.
      rewriteTail(disk, file.#fd, Math.max(0, file.#bytes - TAIL_BYTES), file.#bytes);
      return file;
    } catch (failure) {
      file.close();
      throw failure;
    }
  }

  /** How many leaves it holds. */
  get size(): number {
    return this.#starts.length;
  }

  /** Writes leaves with one write and one sync. */
  append(leaves: readonly SealedLeaf[]): void {
    const rows = leaves.map((leaf) => utf8(`${encodeLeafRow(leaf)}\n`));
    writeWhole(this.#disk, this.#fd, Buffer.concat(rows), this.#bytes);
    this.#disk.datasync(this.#fd);
    for (const row of rows) this.#grow(row.length);
  }

  /** Leaves `from` to `to` (not included), read a piece at a time. */
  *read(from: number, to: number): Generator<SealedLeaf> {
    const begin = this.#starts[from];
    if (begin === undefined || from >= to) return;
    let index = from;
    const end = this.#starts[to] ?? this.#bytes;
    for (const { bytes } of linesBetween(this.#disk, this.#fd, begin, end)) {
      yield this.#parse(bytes, index++);
    }
  }

  close(): void {
    this.#disk.close(this.#fd);
  }

  corrupt(index: number, expected: string): SpoolFailure {
    return new SpoolFailure(
      "corrupt",
      `expected ${expected} on line ${index + 1} of ${this.#path}, was another`,
      { facts: { file: this.#path, line: index + 1 } },
    );
  }

  #grow(bytes: number): void {
    this.#starts.push(this.#bytes);
    this.#bytes += bytes;
  }

  #parse(bytes: Uint8Array, index: number): SealedLeaf {
    try {
      const leaf = parseLeafRow(utf8Text(bytes), this.#origin);
      if (leaf !== null && leaf.index === index) return leaf;
    } catch (failure) {
      if (!(failure instanceof BytesFailure)) throw failure;
    }
    throw this.corrupt(index, `leaf ${index} of ${this.#origin}`);
  }
}
