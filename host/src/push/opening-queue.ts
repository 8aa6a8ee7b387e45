import { setImmediate as breath } from "node:timers/promises";
import { MINUTE_US, type TimeUs, timeUs } from "@believe/shared/base";
import { dueByUs } from "@believe/shared/market";
import { Embargo } from "@believe/shared/trade";
import { type JournalRecord, streams } from "@believe/shared/wire";
import { minuteStartOf, type SealedLeaf, type Spool } from "../spool/index.ts";
import type { Wal } from "../wal/index.ts";

/** What is given away at once of every leaf; or by when, where there is an embargo. */
export type Opens = ((record: JournalRecord) => boolean) | Embargo;

/** What becomes of a record's line. */
export type Fate =
  | { readonly kind: "at-once" | "never" | "later" }
  | { readonly kind: "due"; readonly dueUs: TimeUs }
  | { readonly kind: "redacted"; readonly by: number };

const RECORDS_AT_ONCE = 512;
const AT_ONCE = timeUs(0);

/**
 * Which leaves are due to be opened, and what of them is. Under an embargo time is the log's own: an opening time has
 * come once a leaf is sealed that reaches it. So everything that happened before it is known when it comes, whatever
 * stood still or was started again meanwhile, and the answer depends on nothing but the journal and its leaves.
 */
export class OpeningQueue {
  readonly #spool: Pick<Spool, "size" | "newest" | "leaves">;
  readonly #wal: Pick<Wal, "records">;
  readonly #opens: Opens;
  /** First seq of each leaf that the embargo has seen. */
  readonly #firstSeqs: number[] = [];
  #reached: { readonly size: number; readonly dueUs: TimeUs } = { size: 0, dueUs: AT_ONCE };
  #ready = 0;
  #nextUs = 0;
  /** One look at new leaves at a time. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly spool: Pick<Spool, "size" | "newest" | "leaves">;
    readonly wal: Pick<Wal, "records">;
    readonly opens: Opens;
  }) {
    this.#spool = options.spool;
    this.#wal = options.wal;
    this.#opens = options.opens;
  }

  /** Whether leaves are opened later than they are covered. */
  get isHeld(): boolean {
    return this.#opens instanceof Embargo;
  }

  /** The newest opening time that the log has reached. */
  get dueUs(): TimeUs {
    const { size, newest } = this.#spool;
    if (!this.isHeld || newest === null) return AT_ONCE;
    if (this.#reached.size !== size) {
      const startUs = minuteStartOf(newest.minute);
      // A leaf that was cut does not reach its minute's end: the next one may be of the same minute.
      const endUs = newest.closed === "whole" ? startUs + MINUTE_US : startUs;
      this.#reached = { size, dueUs: dueByUs(timeUs(endUs)) };
    }
    return this.#reached.dueUs;
  }

  /** How many leaves, from the first on, are due at `atUs`. At least the first `known` are. */
  ready(atUs: TimeUs, known: number): number {
    const { size } = this.#spool;
    if (!(this.#opens instanceof Embargo)) return size;
    this.#ready = Math.max(this.#ready, Math.min(known, size));
    if (this.#ready === size || atUs < this.#nextUs) return this.#ready;
    for (const leaf of this.#spool.leaves(this.#ready)) {
      this.#nextUs = this.#opens.ownDueUs(minuteStartOf(leaf.minute));
      if (this.#nextUs > atUs) break;
      this.#ready = leaf.index + 1;
    }
    return this.#ready;
  }

  /** Leaves that show more at `untilUs` than at `fromUs`, besides those that become due as a whole. */
  async wider(fromUs: TimeUs, untilUs: TimeUs): Promise<number[]> {
    if (!(this.#opens instanceof Embargo)) return [];
    await this.#catchUp(this.#opens);
    const late = this.#opens.lateBetween(fromUs, untilUs);
    return [...new Set(late.map((seq) => this.#leafOf(seq)))].sort((a, b) => a - b);
  }

  /** What of a leaf is open at `atUs`. */
  async opensAt(
    { minute }: Pick<SealedLeaf, "minute">,
    atUs: TimeUs,
  ): Promise<(record: JournalRecord) => boolean> {
    if (this.#opens instanceof Embargo) await this.#catchUp(this.#opens);
    return this.#opensOf({ minute }, atUs);
  }

  /**
   * When a record opens: its due time, or what stands in the way of one. `later`: after all that the log has reached.
   */
  async fateOf(record: JournalRecord): Promise<Fate> {
    const opens = this.#opens;
    if (!(opens instanceof Embargo)) return { kind: "at-once" };
    await this.#catchUp(opens);
    const by = opens.redactedBy(record.seq);
    if (by !== null) return { kind: "redacted", by };
    if (streams[record.stream].opens === "never") return { kind: "never" };
    const [leaf] = this.#spool.leaves(this.#leafOf(record.seq), this.#leafOf(record.seq) + 1);
    const isSealed = leaf !== undefined && record.seq < leaf.firstSeq + leaf.count;
    if (!isSealed) return { kind: "later" };
    const dueUs = opens.dueUs(record, minuteStartOf(leaf.minute));
    return dueUs === null ? { kind: "later" } : { kind: "due", dueUs };
  }

  /** Records of the first `leaves` leaves that are open at `atUs`, in order. */
  async records(leaves: number, atUs: TimeUs): Promise<Iterable<JournalRecord>> {
    if (this.#opens instanceof Embargo) await this.#catchUp(this.#opens);
    return this.#open(leaves, atUs);
  }

  *#open(leaves: number, atUs: TimeUs): Generator<JournalRecord> {
    const records = this.#wal.records();
    try {
      for (const leaf of this.#spool.leaves(0, leaves)) {
        const opens = this.#opensOf(leaf, atUs);
        for (let i = 0; i < leaf.count; i++) {
          const { value } = records.next();
          if (value && opens(value.record)) yield value.record;
        }
      }
    } finally {
      records.return(undefined);
    }
  }

  /** Shows the embargo every leaf that it has not seen, a piece at a time: the loop beside us must not wait. */
  #catchUp(embargo: Embargo): Promise<void> {
    this.#turn = this.#turn.then(() => this.#show(embargo));
    return this.#turn;
  }

  async #show(embargo: Embargo): Promise<void> {
    const from = this.#firstSeqs.length;
    if (from === this.#spool.size) return;
    const [first] = this.#spool.leaves(from, from + 1);
    const records = this.#wal.records(first?.firstSeq ?? 0);
    let seen = 0;
    try {
      for (const leaf of this.#spool.leaves(from)) {
        const minuteUs = minuteStartOf(leaf.minute);
        for (let i = 0; i < leaf.count; i++) {
          const { value } = records.next();
          if (value) embargo.add(value.record, minuteUs);
          if (++seen % RECORDS_AT_ONCE === 0) await breath();
        }
        this.#firstSeqs.push(leaf.firstSeq);
      }
    } finally {
      records.return(undefined);
    }
  }

  #opensOf(
    { minute }: Pick<SealedLeaf, "minute">,
    atUs: TimeUs,
  ): (record: JournalRecord) => boolean {
    const opens = this.#opens;
    if (!(opens instanceof Embargo)) return opens;
    const minuteUs = minuteStartOf(minute);
    return (record) => {
      const due = opens.dueUs(record, minuteUs);
      return due !== null && due <= atUs;
    };
  }

  /** The last leaf that begins at or before a record: an empty one begins where the next one does. */
  #leafOf(seq: number): number {
    let [low, high] = [0, this.#firstSeqs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#firstSeqs[middle] ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
