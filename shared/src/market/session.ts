import { invariant, MINUTE_US, type TimeUs } from "@believe/shared/base";
import { DAY, dateOf, instantOf, wallMinutes } from "./chicago.ts";
import { SHORT_DAYS } from "./session-days.ts";

/** break: trading resumes within six hours (maintenance, the 15:15 halt, a holiday's afternoon); closed: later than that. */
export type SessionPhase = "eth" | "rth" | "break" | "closed";

/** Session of CME equity-index futures at one instant. The shape of the signed status's session. */
export interface SessionState {
  /** The session that opens at 17:00 Chicago time belongs to the next trade date, until the next open. */
  readonly tradeDate: string;
  readonly phase: SessionPhase;
  /** The next boundary: what begins then. */
  readonly next: { readonly phase: SessionPhase; readonly atUs: TimeUs };
}

/** One phase of one trade date, from `fromUs` up to but without `untilUs`. */
export interface SessionSpan {
  readonly fromUs: TimeUs;
  readonly untilUs: TimeUs;
  /** When the trade date's regular session ends, null when it has none. */
  readonly rthEndUs: TimeUs | null;
  readonly state: SessionState;
}

interface Regime {
  /** First trade date. */
  readonly from: string;
  readonly close: number;
  readonly rthEnd: number;
  /** Whether trading pauses from 15:15 to 15:30. */
  readonly halts: boolean;
}

const at = (hour: number, minute = 0): number => hour * 60 + minute;
const OPEN = at(17);
const RTH_START = at(8, 30);
const HALT = { from: at(15, 15), until: at(15, 30) };
const BREAK_MAX_US = 360 * MINUTE_US;

/** Normal hours, newest first. Source: CME notices; the gaps are seen in minute bars of 2013-10-07 and 2020-01-06. */
const REGIMES: readonly Regime[] = [
  { from: "2021-06-28", close: at(16), rthEnd: at(15), halts: false },
  { from: "2015-09-21", close: at(16), rthEnd: at(15, 15), halts: true },
  { from: "2012-11-19", close: at(16, 15), rthEnd: at(15, 15), halts: true },
  { from: "", close: at(15, 15), rthEnd: at(15, 15), halts: false },
];

/** Whether there is a session of that trade date (days since 1970). */
export function trades(day: number): boolean {
  const weekday = (day + 4) % 7;
  return weekday !== 0 && weekday !== 6 && SHORT_DAYS.get(dateOf(day))?.close !== null;
}

function boundaries(date: string): { minute: number; phase: SessionPhase }[] {
  const regime = REGIMES.find((candidate) => candidate.from <= date);
  invariant(regime, "every trade date has a regime");
  const short = SHORT_DAYS.get(date);
  const close = short?.close ?? regime.close;
  const rthEnd = short ? short.rthEnd : regime.rthEnd;
  const out: { minute: number; phase: SessionPhase }[] = [{ minute: OPEN - DAY, phase: "eth" }];
  if (rthEnd !== null) {
    out.push({ minute: RTH_START, phase: "rth" });
    if (rthEnd < close && !(regime.halts && rthEnd === HALT.from)) {
      out.push({ minute: rthEnd, phase: "eth" });
    }
  }
  if (regime.halts && close > HALT.until) {
    out.push({ minute: HALT.from, phase: "break" }, { minute: HALT.until, phase: "eth" });
  }
  out.push({ minute: close, phase: "closed" });
  return out;
}

function spansOf(day: number): SessionSpan[] {
  const tradeDate = dateOf(day);
  let following = day + 1;
  while (!trades(following)) following++;
  const nextOpen = instantOf((following - 1) * DAY + OPEN);
  const marks = boundaries(tradeDate).map(({ minute, phase }) => ({
    phase,
    fromUs: instantOf(day * DAY + minute),
  }));
  const last = marks.at(-1);
  if (last && nextOpen - last.fromUs <= BREAK_MAX_US) last.phase = "break";
  const rthAt = marks.findIndex(({ phase }) => phase === "rth");
  const rthEndUs = rthAt < 0 ? null : (marks[rthAt + 1]?.fromUs ?? null);
  return marks.map(({ phase, fromUs }, i) => {
    const next = marks[i + 1] ?? { phase: "eth" as const, fromUs: nextOpen };
    const untilUs = next.fromUs;
    const state = { tradeDate, phase, next: { phase: next.phase, atUs: untilUs } };
    return { fromUs, untilUs, rthEndUs, state };
  });
}

/** Finds the phase of an instant; as long as the instants stay within one phase that is two comparisons. */
export class SessionCalendar {
  #span: SessionSpan | null = null;
  #spans: readonly SessionSpan[] = [];

  span(tsUs: TimeUs): SessionSpan {
    const known = this.#span;
    if (known && tsUs >= known.fromUs && tsUs < known.untilUs) return known;
    let span = this.#find(tsUs);
    if (!span) {
      const wall = wallMinutes(tsUs);
      let day = Math.floor((wall + DAY - OPEN) / DAY);
      while (!trades(day)) day--;
      this.#spans = spansOf(day);
      span = this.#find(tsUs);
    }
    invariant(span, "the spans of a trade date reach to the next open");
    this.#span = span;
    return span;
  }

  #find(tsUs: TimeUs): SessionSpan | undefined {
    return this.#spans.find((span) => tsUs >= span.fromUs && tsUs < span.untilUs);
  }
}

const calendar = new SessionCalendar();

/** Session of CME equity-index futures at `tsUs`: 17:00 to 17:00 Chicago time, regular hours 08:30 to 15:00. */
export function sessionAt(tsUs: TimeUs): SessionState {
  return calendar.span(tsUs).state;
}
