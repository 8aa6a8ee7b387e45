import { HOUR_US, MINUTE_US, timeUs } from "@believe/shared/base";
import { type OverdueDay, overdueDays } from "@believe/shared/market";

/** A trade date that had to be open and is not; how many of its leaves, the Verify page says. */
export type LateDay = Pick<OverdueDay, "tradeDate" | "due">;

interface Judged {
  readonly atUs: number;
  readonly days: readonly LateDay[];
}

/** The page is drawn every second, the calendar is asked once a minute: days open, and are late, on a minute. */
const judged = new WeakMap<readonly number[], Judged>();

/** The trade dates that are overdue at `nowUs`, oldest first, of a live account's hours with a leaf that is not opened. */
export function lateDays(unopenedHours: readonly number[], nowUs: number): readonly LateDay[] {
  const atUs = Math.floor(nowUs / MINUTE_US) * MINUTE_US;
  const known = judged.get(unopenedHours);
  if (known?.atUs === atUs) return known.days;
  const hours = unopenedHours.map((hour) => hour * HOUR_US);
  const days = overdueDays(hours, timeUs(atUs)).map(({ tradeDate, due }) => ({ tradeDate, due }));
  judged.set(unopenedHours, { atUs, days });
  return days;
}
