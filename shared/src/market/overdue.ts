import { HOUR_US, type TimeUs, timeUs } from "@believe/shared/base";
import { wallMinutes } from "./chicago.ts";
import { opensAtUs, overdueAtUs, tradeDateOf } from "./opening-schedule.ts";

/** A trade date of a live account that had to be open and is not. */
export interface OverdueDay {
  /** "2026-01-05". */
  readonly tradeDate: string;
  /** How many of its leaves were not opened. */
  readonly leaves: number;
  /** When it had to open, as a Chicago clock shows it: "2026-01-06T17:30". */
  readonly due: string;
}

/** A Chicago clock at `tsUs`: "2026-01-06T17:30". */
function chicagoText(tsUs: TimeUs): string {
  return new Date(wallMinutes(tsUs) * 60_000).toISOString().slice(0, 16);
}

/**
 * Tells of a minute which trade date it belongs to, and null while that need not be open at `nowUs`. A trade date
 * begins and ends on the hour, so one look at the calendar an hour is enough.
 */
export function overdueAt(nowUs: TimeUs): (minuteUs: number) => string | null {
  const hours = new Map<number, string | null>();
  return (minuteUs) => {
    const hour = Math.floor(minuteUs / HOUR_US);
    const known = hours.get(hour);
    if (known !== undefined) return known;
    const tradeDate = tradeDateOf(timeUs(hour * HOUR_US));
    const overdue = nowUs >= overdueAtUs(tradeDate) ? tradeDate : null;
    hours.set(hour, overdue);
    return overdue;
  };
}

/** The trade dates of unopened leaves, given by their minutes, whose deadline has passed at `nowUs`; oldest first. */
export function overdueDays(minutesUs: Iterable<number>, nowUs: TimeUs): OverdueDay[] {
  const overdue = overdueAt(nowUs);
  const perDate = new Map<string, number>();
  for (const minuteUs of minutesUs) {
    const tradeDate = overdue(minuteUs);
    if (tradeDate !== null) perDate.set(tradeDate, (perDate.get(tradeDate) ?? 0) + 1);
  }
  return [...perDate]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tradeDate, leaves]) => ({ tradeDate, leaves, due: chicagoText(opensAtUs(tradeDate)) }));
}
