import { HOUR_US, MINUTE_US, parseIsoUs } from "@believe/shared/base";
import type { Leaf, MinuteGap } from "@believe/shared/wire/log";
import { sessionMinute } from "../../ui/time.ts";
import type { Run, RunKind, Session } from "../protocol.ts";

/** A session runs from 17:00 to 16:00 CT: 1,380 minutes; the hour of the break after it is not drawn. */
export const SESSION_MINUTES = 1380;
const MINUTES = 1440;
/** Kinds by their number in a lane; a leaf's kind replaces a smaller one, so that the worst of a minute shows. */
const KINDS: readonly (RunKind | null)[] = [
  null,
  "waiting",
  "checked",
  "tree",
  "overdue",
  "gap",
  "bad",
];

interface Place {
  readonly tradeDate: string;
  readonly minute: number;
}

interface Lane {
  readonly kinds: Uint8Array;
  leaves: number;
  checked: number;
  bad: number;
  overdue: number;
  missing: number;
}

export function leafUs(minute: string): number {
  return parseIsoUs(`${minute.slice(0, 16)}:00Z`);
}

/** Every leaf on the rail of its session, and how far each has come. */
export class SessionBoard {
  readonly #lanes = new Map<string, Lane>();
  readonly #hours = new Map<number, Place>();
  readonly #touched = new Set<string>();

  constructor(leaves: readonly Leaf[], gaps: readonly MinuteGap[]) {
    for (const leaf of leaves) {
      const { lane, minute } = this.#at(leafUs(leaf.minute));
      lane.leaves += 1;
      lane.kinds[minute] = 1;
    }
    for (const gap of gaps) this.#gap(gap);
  }

  get missing(): number {
    let sum = 0;
    for (const lane of this.#lanes.values()) sum += lane.missing;
    return sum;
  }

  mark(leaf: Leaf, kind: "checked" | "tree" | "overdue" | "bad"): void {
    const { lane, minute } = this.#at(leafUs(leaf.minute));
    if (kind === "checked") lane.checked += 1;
    if (kind === "bad") lane.bad += 1;
    if (kind === "overdue") lane.overdue += 1;
    lane.kinds[minute] = Math.max(lane.kinds[minute] ?? 0, KINDS.indexOf(kind));
  }

  /** The sessions that changed since the last call. */
  changed(): Session[] {
    const dates = [...this.#touched].sort();
    this.#touched.clear();
    return dates.flatMap((tradeDate) => {
      const lane = this.#lanes.get(tradeDate);
      if (lane === undefined) return [];
      const { kinds, ...counts } = lane;
      return [{ tradeDate, ...counts, runs: runsOf(kinds) }];
    });
  }

  /** Marks what lies between two leaves, in the sessions of the two; the break between them is no gap. */
  #gap({ after, before }: MinuteGap): void {
    const from = this.#place(leafUs(after));
    const to = this.#place(leafUs(before));
    if (from.tradeDate === to.tradeDate) {
      this.#mark(from.tradeDate, from.minute + 1, to.minute);
    } else {
      this.#mark(from.tradeDate, from.minute + 1, SESSION_MINUTES);
      this.#mark(to.tradeDate, 0, to.minute);
    }
  }

  #mark(tradeDate: string, from: number, to: number): void {
    const lane = this.#lane(tradeDate);
    const end = Math.min(to, SESSION_MINUTES);
    if (end <= from) return;
    lane.kinds.fill(KINDS.indexOf("gap"), from, end);
    lane.missing += end - from;
  }

  #at(us: number): { readonly lane: Lane; readonly minute: number } {
    const { tradeDate, minute } = this.#place(us);
    return { lane: this.#lane(tradeDate), minute };
  }

  #lane(tradeDate: string): Lane {
    this.#touched.add(tradeDate);
    const known = this.#lanes.get(tradeDate);
    if (known !== undefined) return known;
    const counts = { leaves: 0, checked: 0, bad: 0, overdue: 0, missing: 0 };
    const lane = { kinds: new Uint8Array(MINUTES), ...counts };
    this.#lanes.set(tradeDate, lane);
    return lane;
  }

  /** Offsets change on the hour only, so one look at the calendar an hour is enough. */
  #place(us: number): Place {
    const hour = Math.floor(us / HOUR_US);
    const start = this.#hours.get(hour) ?? sessionMinute(hour * HOUR_US);
    this.#hours.set(hour, start);
    return { ...start, minute: start.minute + Math.floor((us % HOUR_US) / MINUTE_US) };
  }
}

function runsOf(kinds: Uint8Array): Run[] {
  const runs: Run[] = [];
  let from = 0;
  for (let at = 1; at <= SESSION_MINUTES; at++) {
    if (at < SESSION_MINUTES && kinds[at] === kinds[from]) continue;
    const kind = KINDS[kinds[from] ?? 0];
    if (kind !== null && kind !== undefined) runs.push({ kind, from, to: at });
    from = at;
  }
  return runs;
}
