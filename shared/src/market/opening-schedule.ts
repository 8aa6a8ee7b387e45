import { DAY_US, HOUR_US, parseIsoUs, type TimeUs, timeUs } from "@believe/shared/base";
import { DAY, instantOf, wallMinutes } from "./chicago.ts";
import { sessionAt, trades } from "./session.ts";

/** Chicago time at which a live account's trade date opens, in minutes of the day: half an hour after the next one ended. */
const OPENING = 17 * 60 + 30;
const GRACE_US = 24 * HOUR_US;

/** The trade date that an instant belongs to, e.g. "2024-01-09": a closed market stays with the one before. */
export function tradeDateOf(atUs: TimeUs): string {
  return sessionAt(atUs).tradeDate;
}

/**
 * When the records of a trade date of a live account open: 17:30 America/Chicago of the next trade date, whatever
 * happened. A day without a session opens with the trade date before it. Throws `TimeFailure` for what is no date.
 */
export function opensAtUs(tradeDate: string): TimeUs {
  let day = parseIsoUs(`${tradeDate}T00:00:00Z`) / DAY_US + 1;
  while (!trades(day)) day++;
  return instantOf(day * DAY + OPENING);
}

/** From when on a trade date that is not open is overdue: 24 hours after it was due. */
export function overdueAtUs(tradeDate: string): TimeUs {
  return timeUs(opensAtUs(tradeDate) + GRACE_US);
}

/** The newest opening time at or before `atUs`: every trade date due by then is due at `atUs`, and no other. */
export function dueByUs(atUs: TimeUs): TimeUs {
  let day = Math.floor((wallMinutes(atUs) - OPENING) / DAY);
  while (!trades(day)) day--;
  return instantOf(day * DAY + OPENING);
}
