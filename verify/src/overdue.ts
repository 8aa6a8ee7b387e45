import { parseIsoUs, timeUs } from "@believe/shared/base";
import { type OverdueDay, overdueDays } from "@believe/shared/market";
import type { OpenedLog } from "@believe/shared/wire/log";

/**
 * Trade dates that had to be open. A paper account has none: it opens at once and by no date. What kind an account is,
 * its genesis record says; while that is not opened, the rule of a live account holds, so hiding it helps nobody.
 */
export function overdueOf({ account, unopened }: OpenedLog, nowMs: number): OverdueDay[] {
  if (account === "paper") return [];
  const minutes = unopened.map(({ minute }) => parseIsoUs(`${minute.slice(0, 16)}:00Z`));
  return overdueDays(minutes, timeUs(nowMs * 1000));
}

export function overdueRow({ tradeDate, leaves, due }: OverdueDay): string {
  const what = leaves === 1 ? "1 leaf" : `${leaves} leaves`;
  return `OVERDUE ${tradeDate}: ${what} not opened, due ${due} CT`;
}
