import { dirname } from "node:path";
import { cutTornLine, linesBetween, makeFolders, nodeDisk, writeWhole } from "@believe/host/disk";
import type { Disk } from "@believe/shared/base";
import {
  type Command,
  commandRow,
  ORDER_COLUMNS,
  parseCommandRow,
  type WrittenCommand,
} from "./command-row.ts";

/**
 * `orders_RGW.csv`, which we alone write: one row a command, synced before `append` returns, numbered in ascending
 * order over all restarts. A row that a crash tore is cut at the next start: the study takes complete lines only, so
 * what it asked for was never sent.
 */
export class OrdersFile {
  readonly #disk: Disk;
  readonly #fd: number;
  #size: number;
  #last: number;
  #broken = false;

  /** `floor` is the highest number that somebody else knows of; `onRow` hears every whole row that is there. */
  constructor(
    path: string,
    floor: number,
    onRow: (row: WrittenCommand) => void,
    disk: Disk = nodeDisk,
  ) {
    this.#disk = disk;
    this.#last = floor;
    makeFolders(disk, dirname(path));
    // Created where it is not there, then not open for appending: Windows would refuse to cut the file.
    disk.close(disk.open(path, "a+", 0o600));
    this.#fd = disk.open(path, "r+");
    const size = disk.size(this.#fd);
    const lines = linesBetween(disk, this.#fd, 0, size);
    let step = lines.next();
    for (; !step.done; step = lines.next()) {
      const row = parseCommandRow(Buffer.from(step.value.bytes).toString("latin1"));
      if (row === null) continue;
      this.#last = Math.max(this.#last, row.cmdSeq);
      onRow(row);
    }
    cutTornLine(disk, { path, file: this.#fd, from: step.value, to: size });
    this.#size = step.value;
    if (this.#size === 0) {
      this.#write(`${ORDER_COLUMNS}\r\n`);
      disk.sync(this.#fd);
      disk.syncFolder(dirname(path));
    }
  }

  /** The highest number given so far. */
  get last(): number {
    return this.#last;
  }

  /** Somebody has seen a number as high as this one. */
  raise(seen: number): void {
    this.#last = Math.max(this.#last, seen);
  }

  /**
   * Writes and syncs a command; its number. Where the disk refuses it: "unwritten" when nothing of it is in the file,
   * "unknown" when that cannot be had either. After that nothing more is written until the next start.
   */
  append(command: Command): number | "unwritten" | "unknown" {
    if (this.#broken) return "unwritten";
    const cmdSeq = this.#last + 1;
    const before = this.#size;
    this.#last = cmdSeq;
    try {
      this.#write(`${commandRow(cmdSeq, command)}\r\n`);
      this.#disk.datasync(this.#fd);
      return cmdSeq;
    } catch {
      this.#broken = true;
      return this.#takeBack(before);
    }
  }

  #takeBack(size: number): "unwritten" | "unknown" {
    try {
      this.#disk.truncate(this.#fd, size);
      this.#disk.datasync(this.#fd);
      return "unwritten";
    } catch {
      return "unknown";
    }
  }

  close(): void {
    this.#disk.close(this.#fd);
  }

  #write(text: string): void {
    const bytes = Buffer.from(text, "latin1");
    writeWhole(this.#disk, this.#fd, bytes, this.#size);
    this.#size += bytes.length;
  }
}
