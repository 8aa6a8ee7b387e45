import type { TimedHeaders } from "@believe/host/http";
import type { Body } from "@believe/shared/wire";

/** A `Date` header names a second: the clock it was read from stood somewhere in it. */
const DATE_MS = 1_000;
const MOVED_MS = 500;
const JOURNAL_MS = 3_600_000;
/** Answers older than this say nothing of the clock now. */
const WINDOW_MS = 120_000;

interface Bounds {
  readonly atMs: number;
  readonly low: number;
  readonly high: number;
}

/**
 * How far another machine's clock reads above ours. Each answer bounds the offset to a second and the way of the message;
 * what recent answers agree on bounds it closer. Where they no longer agree, a clock was set: the newest counts.
 */
export class ClockWatch {
  readonly #source: string;
  #seen: Bounds[] = [];
  #journaledMs: number | null = null;
  #journaledAtMs = 0;

  /** `source` is whose clock it is, as the journal names it. */
  constructor(source: string) {
    this.#source = source;
  }

  /** Takes the `Date` of an answer; others say nothing. */
  onAnswer({ headers, sentAtMs, receivedAtMs }: TimedHeaders): void {
    const dateMs = Date.parse(headers["date"] ?? "");
    // A wall clock that was set while the message was under way bounds nothing.
    if (Number.isNaN(dateMs) || receivedAtMs < sentAtMs) return;
    const seen = {
      atMs: receivedAtMs,
      low: dateMs - receivedAtMs,
      high: dateMs + DATE_MS - sentAtMs,
    };
    const recent = this.#seen.filter(({ atMs }) => Math.abs(receivedAtMs - atMs) < WINDOW_MS);
    const agreed = bounded([...recent, seen]);
    this.#seen = agreed.low <= agreed.high ? [...recent, seen].slice(-64) : [seen];
  }

  /** The middle of what the offset can be, ms; null before the first answer. */
  get offsetMs(): number | null {
    if (this.#seen.length === 0) return null;
    const { low, high } = bounded(this.#seen);
    return Math.round((low + high) / 2);
  }

  /** What the journal has to say now: the first offset, one that surely moved, or the one of a new hour. */
  due(nowMs: number): Body<"clock"> | null {
    const offsetMs = this.offsetMs;
    if (offsetMs === null) return null;
    const { low, high } = bounded(this.#seen);
    const was = this.#journaledMs;
    const moved = was === null ? true : Math.max(low - was, was - high) > MOVED_MS;
    if (!moved && Math.abs(nowMs - this.#journaledAtMs) < JOURNAL_MS) return null;
    this.#journaledMs = offsetMs;
    this.#journaledAtMs = nowMs;
    return { offsetMs, source: this.#source };
  }
}

function bounded(seen: readonly Bounds[]): { readonly low: number; readonly high: number } {
  return {
    low: Math.max(...seen.map(({ low }) => low)),
    high: Math.min(...seen.map(({ high }) => high)),
  };
}
