import { Failure, type TimeUs } from "@believe/shared/base";

export class TapeFailure extends Failure<
  "missing-file" | "empty-file" | "not-gzip" | "not-a-tick-file" | "no-stamp" | "no-symbol"
> {}

/** What a tape is, known without playing it. */
export interface TapeInfo {
  readonly name: string;
  readonly symbol: string;
  /** Stamp of the tape's beginning: pacing starts here. */
  readonly startUs: TimeUs;
  /** Stamp of the tape's end; nothing is stamped later. */
  readonly endUs: TimeUs;
  readonly seeded: boolean;
}

/** One row of Sierra's time and sales. Prices in ticks; `price` is null for a quote. */
export interface TickRow {
  readonly kind: "tick";
  readonly stampUs: TimeUs;
  readonly type: "ASK" | "BID" | "QUOTE";
  readonly price: number | null;
  readonly volume: number;
  readonly bid: number;
  readonly bidSize: number;
  readonly ask: number;
  readonly askSize: number;
  readonly bidDepth: number;
  readonly askDepth: number;
}

/** One snapshot of ten levels a side. Level i of the bids is at `bid - i`, of the asks at `ask + i`. */
export interface DomRow {
  readonly kind: "dom";
  readonly stampUs: TimeUs;
  readonly bid: number;
  readonly ask: number;
  readonly bidSizes: readonly number[];
  readonly askSizes: readonly number[];
}

/** A line of a real file without its line end, good or bad. `stampUs` paces it and never goes backwards. */
export interface LineRow {
  readonly kind: "line";
  readonly stampUs: TimeUs;
  readonly line: Buffer;
}

export type TapeRow = TickRow | DomRow | LineRow;

/** A market that can be played again and again: each call of `rows` starts at the beginning. */
export interface Tape {
  readonly info: TapeInfo;
  /** The columns of a real file as its header names them, or null for the columns of the study. */
  readonly columns: string | null;
  rows(): Generator<TapeRow, void, undefined>;
}
