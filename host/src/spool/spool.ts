import { randomBytes } from "node:crypto";
import {
  type Bytes,
  type Disk,
  invariant,
  MINUTE_US,
  minuteOf,
  minuteStart,
  type Sha256,
  type TimeUs,
  utf8,
} from "@believe/shared/base";
import {
  commitmentOf,
  leafText,
  OPENING_BYTES_MAX,
  SALT_BYTES,
  type Signer,
  saltedRoot,
  type TileName,
} from "@believe/shared/wire/log";
import { makeFolders, nodeDisk } from "../disk/index.ts";
import type { Wal } from "../wal/index.ts";
import { SpoolFailure } from "./failure.ts";
import { LeafLog } from "./leaf-log.ts";
import { MinuteMark, minuteAfter, minuteStartOf } from "./minute-mark.ts";
import type { SealedLeaf } from "./sealed-leaf.ts";

/** A clock that skips more than this is broken; sealing years of empty minutes could not be taken back. */
const MINUTES_AT_ONCE_MAX = 7 * 24 * 60;
/** A minute with more bytes than this is cut, so that every leaf can be opened in one request. */
const MINUTE_BYTES_MAX = OPENING_BYTES_MAX - 4096;

type Unsealed = Omit<SealedLeaf, "text" | "salt"> & { readonly salt: Bytes };

export interface SpoolOptions {
  readonly folder: string;
  /** Origin line of the log, e.g. "log.bhf.capital/j/broker". */
  readonly origin: string;
  readonly sha256: Sha256;
  /** The journal whose records the leaves seal. */
  readonly wal: Pick<Wal, "records" | "durableSeq">;
  /** 16 bytes a leaf, from the operating system's random source unless a test says otherwise. */
  readonly salt?: () => Bytes;
  /** Most bytes of lines in one leaf. */
  readonly minuteBytesMax?: number;
  /** This machine's disks unless a simulation says otherwise. */
  readonly disk?: Disk;
}

/**
 * The log of minute leaves on disk. Records join the open minute; `advance` seals every minute that has ended, the
 * empty ones too. A leaf is fsynced with its salt and line range before anyone is offered it and never changes.
 * Owned by the process that owns the journal; every call but `checkpoint` is synchronous.
 */
export class Spool {
  readonly folder: string;
  readonly origin: string;
  /** Where it lies; what belongs to it lies there too. */
  readonly disk: Disk;
  readonly #sha256: Sha256;
  readonly #wal: SpoolOptions["wal"];
  readonly #salt: () => Bytes;
  readonly #minuteBytesMax: number;
  readonly #mark: MinuteMark;
  readonly #log: LeafLog;
  readonly #listeners = new Set<() => void>();
  /** Start of the open minute; null between a start or a cut and the first `advance` after it. */
  #minuteUs: TimeUs | null = null;
  #commitments: Bytes[] = [];
  #bytes = 0;

  private constructor(options: SpoolOptions) {
    this.folder = options.folder;
    this.origin = options.origin;
    this.disk = options.disk ?? nodeDisk;
    this.#sha256 = options.sha256;
    this.#wal = options.wal;
    this.#salt = options.salt ?? (() => new Uint8Array(randomBytes(SALT_BYTES)));
    this.#minuteBytesMax = options.minuteBytesMax ?? MINUTE_BYTES_MAX;
    this.#mark = new MinuteMark(this.disk, options.folder);
    this.#log = new LeafLog(options.folder, options.origin, options.sha256, this.disk);
  }

  /**
   * Opens the log and repairs a crash: what the open minute held is taken from the journal and sealed as `cut` in
   * its own minute. Records that no minute was open for yet join the next one.
   */
  static open(options: SpoolOptions): Spool {
    makeFolders(options.disk ?? nodeDisk, options.folder, 0o700);
    const spool = new Spool(options);
    try {
      spool.#checkNewest();
      const wholeBefore = spool.newest?.closed === "whole" ? spool.newest.minute : null;
      spool.#minuteUs =
        spool.#mark.read(spool.size) ??
        (wholeBefore === null ? null : minuteAfter(minuteStartOf(wholeBefore)));
      for (const { seq, line } of options.wal.records(spool.nextSeq)) spool.add(seq, line);
      spool.cut();
      return spool;
    } catch (failure) {
      spool.close();
      throw failure;
    }
  }

  /** Number of the record that joins next. */
  get nextSeq(): number {
    return this.#log.sealedSeq + this.#commitments.length;
  }

  /** How many leaves are sealed. */
  get size(): number {
    return this.#log.size;
  }

  /** The open minute, e.g. "2024-01-09T14:20Z"; null before the first `advance` after a start or a cut. */
  get openMinute(): string | null {
    return this.#minuteUs === null ? null : minuteOf(this.#minuteUs);
  }

  /** The newest sealed leaf, null for an empty log. */
  get newest(): SealedLeaf | null {
    return this.#log.newest;
  }

  /** A durable record joins the open minute, in the order of the journal. */
  add(seq: number, line: string): void {
    invariant(seq === this.nextSeq, "records join the log in the order of the journal");
    invariant(seq < this.#wal.durableSeq, "a record is durable before it joins a minute");
    const line8 = utf8(line);
    const minuteUs = this.#minuteUs;
    if (minuteUs !== null && this.#bytes + line8.length > this.#minuteBytesMax) {
      this.cut();
      this.#openMinute(minuteUs);
    }
    this.#commitments.push(commitmentOf(line8, this.#sha256));
    this.#bytes += line8.length + 1;
  }

  /**
   * Seals every minute that has ended at `nowUs`, one leaf each, and returns how many. The clock is the tape's or the
   * wall's, as the caller decides, and always the same one; where it steps back the open minute stays open.
   */
  advance(nowUs: TimeUs): number {
    const now = minuteStart(nowUs);
    let minuteUs = this.#minuteUs;
    if (minuteUs === null) {
      this.#openMinute(this.#notBeforeNewest(now));
      return 0;
    }
    const minutes = Math.max(0, (now - minuteUs) / MINUTE_US);
    if (minutes > MINUTES_AT_ONCE_MAX) {
      throw new SpoolFailure(
        "clock-jump",
        `expected a clock near ${minuteOf(minuteUs)}, was ${minuteOf(now)}`,
      );
    }
    const leaves: SealedLeaf[] = [];
    for (let i = 0; i < minutes; i++, minuteUs = minuteAfter(minuteUs)) {
      leaves.push(this.#leafOf(minuteUs, "whole", i));
    }
    this.#seal(leaves);
    this.#minuteUs = minuteUs;
    return leaves.length;
  }

  /** Seals the open minute as it is: a clean stop. What follows in the same minute is the next leaf. */
  cut(): void {
    if (this.#minuteUs === null) return;
    const leaf = this.#leafOf(this.#minuteUs, "cut", 0);
    this.#minuteUs = null;
    this.#seal([leaf]);
  }

  /** Root of the first `size` leaves. */
  root(size: number = this.size): Bytes {
    return this.#log.root(size);
  }

  /** Sealed leaves `from` to `to` (not included), in order. */
  leaves(from = 0, to: number = this.size): Generator<SealedLeaf> {
    return this.#log.read(from, to);
  }

  /** An entry bundle (level "entries") or a hash tile, of any width that the log has reached. */
  tile(name: TileName): Bytes {
    return this.#log.tile(name);
  }

  /** RFC 6962 proof that the log of `oldSize` leaves is a prefix of that of `newSize`. */
  consistency(oldSize: number, newSize: number): Bytes[] {
    return this.#log.consistency(oldSize, newSize);
  }

  /** A signed-note checkpoint of the first `size` leaves. */
  checkpoint(signer: Signer, size: number = this.size): Promise<string> {
    return this.#log.checkpoint(signer, size);
  }

  /** Calls `listener` after leaves were sealed, until the returned function is called. */
  onSealed(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lets go of the files without sealing anything: `cut` first for a clean stop. */
  close(): void {
    this.#log.close();
  }

  /** The journal must still hold what the newest leaf sealed: another journal, or an older copy, is refused. */
  #checkNewest(): void {
    const leaf = this.newest;
    if (leaf === null) return;
    const end = leaf.firstSeq + leaf.count;
    if (end > this.#wal.durableSeq) {
      throw new SpoolFailure(
        "journal-behind",
        `expected a journal of at least ${end} records for the leaves in ${this.folder}, was ${this.#wal.durableSeq}`,
        { facts: { sealed: end, journal: this.#wal.durableSeq } },
      );
    }
    const commitments: Bytes[] = [];
    for (const { seq, line } of this.#wal.records(leaf.firstSeq)) {
      if (seq >= end) break;
      commitments.push(commitmentOf(utf8(line), this.#sha256));
    }
    if (leaf.salt === null) return;
    if (this.#textOf({ ...leaf, salt: leaf.salt }, commitments) !== leaf.text) {
      throw new SpoolFailure(
        "differs",
        `expected records ${leaf.firstSeq} to ${end - 1} of the journal to recompute leaf ${leaf.index} in ${this.folder}, was other records`,
      );
    }
  }

  #textOf(leaf: Unsealed, commitments: readonly Bytes[]): string {
    const { index, minute, closed, salt } = leaf;
    const root = saltedRoot(salt, commitments, this.#sha256);
    return leafText({ origin: this.origin, index, minute, closed, root });
  }

  /** Leaf number `ahead` of a batch; the first one of it holds the open minute's records, the others none. */
  #leafOf(minuteUs: TimeUs, closed: "whole" | "cut", ahead: number): SealedLeaf {
    const commitments = ahead === 0 ? this.#commitments : [];
    const leaf = {
      index: this.size + ahead,
      minute: minuteOf(minuteUs),
      closed,
      salt: this.#salt(),
      firstSeq: ahead === 0 ? this.#log.sealedSeq : this.nextSeq,
      count: commitments.length,
    };
    return { ...leaf, text: this.#textOf(leaf, commitments) };
  }

  #seal(leaves: readonly SealedLeaf[]): void {
    if (leaves.length === 0) return;
    this.#log.append(leaves);
    this.#commitments = [];
    this.#bytes = 0;
    for (const listener of this.#listeners) listener();
  }

  #openMinute(minuteUs: TimeUs): void {
    this.#mark.write(this.size, minuteUs);
    this.#minuteUs = minuteUs;
  }

  /** Minutes never go back: after a cut the same one may go on, after a whole one only the next. */
  #notBeforeNewest(now: TimeUs): TimeUs {
    const { newest } = this;
    if (newest === null) return now;
    const startUs = minuteStartOf(newest.minute);
    const earliest = newest.closed === "cut" ? startUs : minuteAfter(startUs);
    return now < earliest ? earliest : now;
  }
}
