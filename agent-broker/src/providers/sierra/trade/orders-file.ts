import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
} from "node:fs";
import { dirname } from "node:path";
import { cutTornLine, linesBetween, syncFolder, writeWhole } from "@believe/host/disk";
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
  #fd: number;
  #size: number;
  #last: number;
  #broken = false;

  /** `floor` is the highest number that somebody else knows of; `onRow` hears every whole row that is there. */
  constructor(path: string, floor: number, onRow: (row: WrittenCommand) => void) {
    this.#last = floor;
    mkdirSync(dirname(path), { recursive: true });
    this.#fd = openSync(path, "a+");
    const { size } = fstatSync(this.#fd);
    const lines = linesBetween(this.#fd, 0, size);
    let step = lines.next();
    for (; !step.done; step = lines.next()) {
      const row = parseCommandRow(Buffer.from(step.value.bytes).toString("latin1"));
      if (row === null) continue;
      this.#last = Math.max(this.#last, row.cmdSeq);
      onRow(row);
    }
    cutTornLine(path, this.#fd, step.value, size);
    this.#size = step.value;
    if (this.#size === 0) {
      this.#write(`${ORDER_COLUMNS}\r\n`);
      fsyncSync(this.#fd);
      syncFolder(dirname(path));
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
      fdatasyncSync(this.#fd);
      return cmdSeq;
    } catch {
      this.#broken = true;
      return this.#takeBack(before);
    }
  }

  #takeBack(size: number): "unwritten" | "unknown" {
    try {
      ftruncateSync(this.#fd, size);
      fdatasyncSync(this.#fd);
      return "unwritten";
    } catch {
      return "unknown";
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #write(text: string): void {
    const bytes = Buffer.from(text, "latin1");
    writeWhole(this.#fd, bytes);
    this.#size += bytes.length;
  }
}
