import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { systemCode } from "./tail-failure.ts";
import type { TailState } from "./tail-state.ts";

const LF = 0x0a;
const HEAD_BYTES = 1024;
const MARKER_BYTES = 32;
export const LONGEST_LINE_BYTES = 64 * 1024;
const READ_BYTES = 1 << 20;

/** Why the bytes read so far are no longer those of the file. */
export type Rewrite = "replaced" | "shrank" | "changed";

/** Receives what a file holds. The buffers are only valid during the call. */
export interface TailConsumer {
  /** A complete line without its LF; a CR stays. `offset` is the line's first byte in the file. */
  line(line: Buffer, offset: number): void;
  /** A piece of a line longer than 64 KiB, or (`why` "torn") the unfinished last line of a file that was left. */
  refused(piece: Buffer, offset: number, why: "overlong" | "overlong-rest" | "torn"): void;
  /** The file is another one now: everything is handed out again from its start. */
  rewritten(why: Rewrite): void;
}

export interface TailerOptions {
  readonly path: string;
  readonly consumer: TailConsumer;
  /** Where an earlier process stopped; checked against the file before it is believed. */
  readonly state?: TailState | null;
  /** An idle file is compared with what was read this often. */
  readonly recheckMs?: number;
  readonly monotonicMs?: () => number;
}

/**
 * Follows one growing file by polling: open, fstat, positional read. Hands out complete lines only and holds
 * a torn last line. Notices rotation, truncation and rewrites of any length by inode, size, a hash of the
 * file's head and a marker of the bytes before the offset. Events of the file system are not used: they may
 * miss the last write.
 */
export class Tailer {
  readonly path: string;
  readonly #consumer: TailConsumer;
  readonly #recheckMs: number;
  readonly #monotonicMs: () => number;
  readonly #buffer = Buffer.allocUnsafe(MARKER_BYTES + READ_BYTES);
  #file: number | null = null;
  #inode = "";
  #offset = 0;
  #head = Buffer.alloc(0);
  /** Known only as a hash after a restart, until the head is read again. */
  #headHash = "";
  #headBytes = 0;
  #marker = Buffer.alloc(0);
  #overlong = false;
  #checkedMs = Number.NEGATIVE_INFINITY;

  constructor(options: TailerOptions) {
    this.path = options.path;
    this.#consumer = options.consumer;
    this.#recheckMs = options.recheckMs ?? 1000;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    const { state } = options;
    if (!state) return;
    this.#inode = state.inode;
    this.#offset = state.offset;
    this.#headHash = state.head;
    this.#headBytes = state.headBytes;
    this.#marker = Buffer.from(state.marker, "base64");
    this.#overlong = state.overlong;
  }

  get state(): TailState {
    return {
      head: this.#headHash === "" ? sha256(this.#head) : this.#headHash,
      headBytes: this.#headBytes,
      inode: this.#inode,
      offset: this.#offset,
      marker: this.#marker.toString("base64"),
      overlong: this.#overlong,
    };
  }

  get offset(): number {
    return this.#offset;
  }

  /**
   * Reads at most about `budget` bytes and hands out their lines. Returns true when the file had nothing
   * more to give (a torn last line does not count as more).
   */
  poll(budget = 8 * READ_BYTES): boolean {
    const fresh = this.#open();
    if (fresh === null) return this.#file === null || this.#drain(this.#file, budget);
    const inode = String(fstatSync(fresh, { bigint: true }).ino);
    const held = this.#file;
    if (held !== null && inode !== this.#inode) {
      // Renamed away: what it still holds comes first, then its unfinished line is given up.
      if (!this.#drain(held, budget)) {
        closeSync(fresh);
        return false;
      }
      this.#giveUpTorn(held);
    }
    if (held !== null) closeSync(held);
    this.#file = fresh;
    if (inode !== this.#inode) {
      const known = this.#inode !== "";
      this.#inode = inode;
      if (known) this.#startOver("replaced");
    }
    return this.#follow(fresh, budget);
  }

  /** Gives up the unfinished last line, if any, and lets go of the file. */
  finish(): void {
    if (this.#file !== null) this.#giveUpTorn(this.#file);
    this.close();
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #open(): number | null {
    try {
      return openSync(this.path, "r");
    } catch (error) {
      // Gone for the moment, or held by a writer that does not share: the next poll tries again.
      if (["ENOENT", "EBUSY", "EPERM", "EACCES"].includes(systemCode(error))) return null;
      throw error;
    }
  }

  #follow(file: number, budget: number): boolean {
    const { size } = fstatSync(file);
    if (size < this.#offset) {
      this.#startOver("shrank");
      return this.#drain(file, budget);
    }
    const nowMs = this.#monotonicMs();
    const idle = size === this.#offset;
    if (!idle || nowMs - this.#checkedMs >= this.#recheckMs) {
      this.#checkedMs = nowMs;
      if (!this.#isSame(file)) this.#startOver("changed");
    }
    return this.#drain(file, budget);
  }

  /** Compares the head and the bytes before the offset with what was read. */
  #isSame(file: number): boolean {
    const head = Buffer.allocUnsafe(HEAD_BYTES);
    const got = readFully(file, head, this.#headBytes, 0);
    const now = head.subarray(0, got);
    if (this.#headHash !== "") {
      if (got !== this.#headBytes || sha256(now) !== this.#headHash) return false;
      this.#head = Buffer.from(now);
      this.#headHash = "";
    } else if (!now.equals(this.#head)) return false;
    const length = this.#marker.length;
    const marker = Buffer.allocUnsafe(MARKER_BYTES);
    const read = readFully(file, marker, length, this.#offset - length);
    return marker.subarray(0, read).equals(this.#marker);
  }

  #startOver(why: Rewrite): void {
    this.#offset = 0;
    this.#head = Buffer.alloc(0);
    this.#headHash = "";
    this.#headBytes = 0;
    this.#marker = Buffer.alloc(0);
    this.#overlong = false;
    this.#consumer.rewritten(why);
  }

  /** True when no complete line is left. */
  #drain(file: number, budget: number): boolean {
    for (let left = budget; left > 0; ) {
      const got = readFully(file, this.#buffer, READ_BYTES, this.#offset);
      if (got === 0) return true;
      const used = this.#handOut(this.#buffer.subarray(0, got));
      if (used === 0) return true;
      left -= used;
      if (got < READ_BYTES) return true;
    }
    return false;
  }

  /** Hands out the lines in `bytes`, which begin at the offset; returns how many bytes are done with. */
  #handOut(bytes: Buffer): number {
    const start = this.#offset;
    let from = 0;
    try {
      for (;;) {
        const end = bytes.indexOf(LF, from);
        const length = (end === -1 ? bytes.length : end) - from;
        if (this.#overlong || length > LONGEST_LINE_BYTES) {
          if (end === -1 && length < LONGEST_LINE_BYTES) break;
          const piece = bytes.subarray(from, from + Math.min(length, LONGEST_LINE_BYTES));
          const why = this.#overlong ? "overlong-rest" : "overlong";
          const last = end !== -1 && piece.length === length;
          if (piece.length > 0) this.#consumer.refused(piece, start + from, why);
          this.#overlong = !last;
          from += piece.length + (last ? 1 : 0);
          continue;
        }
        if (end === -1) break;
        this.#consumer.line(bytes.subarray(from, end), start + from);
        from = end + 1;
      }
    } finally {
      if (from > 0) this.#remember(bytes.subarray(0, from));
    }
    return from;
  }

  #remember(done: Buffer): void {
    if (this.#headBytes < HEAD_BYTES && this.#headHash === "") {
      this.#head = Buffer.concat([this.#head, done.subarray(0, HEAD_BYTES - this.#headBytes)]);
      this.#headBytes = this.#head.length;
    }
    this.#offset += done.length;
    this.#marker =
      done.length >= MARKER_BYTES
        ? Buffer.from(done.subarray(-MARKER_BYTES))
        : Buffer.concat([this.#marker, done]).subarray(-MARKER_BYTES);
  }

  #giveUpTorn(file: number): void {
    const got = readFully(file, this.#buffer, READ_BYTES, this.#offset);
    if (got === 0) return;
    const torn = this.#buffer.subarray(0, got);
    this.#consumer.refused(torn, this.#offset, this.#overlong ? "overlong-rest" : "torn");
    this.#remember(torn);
  }
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function readFully(file: number, into: Buffer, length: number, position: number): number {
  let got = 0;
  while (got < length) {
    const more = readSync(file, into, got, length - got, position + got);
    if (more === 0) break;
    got += more;
  }
  return got;
}
