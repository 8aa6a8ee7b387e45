import type { Source } from "@believe/shared/market";
import type { SeriesState } from "./sierra-state.ts";

/** What is known of one run of the feed. Numbers are the last row's seq, -1 for none. */
export interface RunMark {
  readonly run: string;
  counted: number;
  delivered: number;
  pass: number;
  base: number;
}

/** More runs than a file can plausibly mix; the oldest are forgotten. */
const MOST_RUNS = 256;

/** The runs of one series in the order of their first row. */
export class RunMarks {
  readonly #marks = new Map<string, RunMark>();
  #latest: RunMark | null = null;

  constructor(states: SeriesState["runs"] = []) {
    for (const state of states) {
      this.#marks.set(state.run, { ...state, delivered: state.counted });
    }
  }

  of(run: string): RunMark {
    if (this.#latest?.run === run) return this.#latest;
    let mark = this.#marks.get(run);
    if (!mark) {
      mark = { run, counted: -1, delivered: -1, pass: -1, base: -1 };
      this.#marks.set(run, mark);
    }
    this.#latest = mark;
    return mark;
  }

  has(run: string): boolean {
    return this.#marks.has(run);
  }

  get isEmpty(): boolean {
    return this.#marks.size === 0;
  }

  /** Makes `last` the last delivered row. Returns true when rows that were counted must be delivered again. */
  deliveredUpTo(last: Source | null): boolean {
    let behind = false;
    let passed = last === null;
    for (const mark of this.#marks.values()) {
      if (passed) mark.delivered = -1;
      else if (mark.run === last?.run) {
        mark.delivered = last.seq;
        passed = true;
      }
      if (mark.delivered < mark.counted) behind = true;
    }
    return behind;
  }

  /** True when `a` comes after `b`: in a later run, or later in the same. */
  isAfter(a: Source, b: Source | null): boolean {
    if (b === null) return true;
    if (a.run === b.run) return a.seq > b.seq;
    const order = [...this.#marks.keys()];
    return order.indexOf(a.run) > order.indexOf(b.run);
  }

  /** The next file goes on where this one ends. */
  keepPass(): void {
    for (const mark of this.#marks.values()) mark.base = mark.pass;
  }

  /** The file is read again from its start. */
  restartPass(): void {
    for (const mark of this.#marks.values()) mark.pass = mark.base;
  }

  /** The series is read again from a file of which nothing is known. */
  forgetPass(): void {
    for (const mark of this.#marks.values()) {
      mark.pass = -1;
      mark.base = -1;
    }
  }

  get state(): SeriesState["runs"] {
    return [...this.#marks.values()]
      .slice(-MOST_RUNS)
      .map(({ run, counted, pass, base }) => ({ run, counted, pass, base }));
  }
}
