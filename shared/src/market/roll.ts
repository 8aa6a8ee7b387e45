import { InstrumentFailure, instrumentOf } from "./instrument.ts";
import { EXPIRIES, type Expiry } from "./roll-days.ts";

const DAY_MS = 86_400_000;
/** Days from the roll Thursday to the third Friday. */
const ROLL_DAYS = 8;

/** A contract's dates, as ISO trade dates. */
export interface RollDates {
  /** The Thursday eight days before the third Friday: from it on the next contract leads. */
  readonly rollDate: string;
  readonly lastTradeDate: string;
}

/** Where a contract stands on a trade date: `deferred` while an earlier one leads, `rolling` from its roll date on. */
export type RollPhase = "deferred" | "front" | "rolling" | "last-day" | "expired";

function shifted(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

function datesOf({ lastTradeDate }: Expiry): RollDates {
  const weekday = new Date(`${lastTradeDate}T00:00:00Z`).getUTCDay();
  const friday = shifted(lastTradeDate, 5 - weekday);
  return { rollDate: shifted(friday, -ROLL_DAYS), lastTradeDate };
}

/**
 * The expiry that a contract symbol means on a trade date. A one-digit year ("MESH4") is the first one that has not
 * expired more than a year before. Throws `InstrumentFailure` for what the table does not hold.
 */
function expiryOf(symbol: string, tradeDate: string): Expiry {
  instrumentOf(symbol);
  const match = /([HMUZ])(\d{1,2})$/.exec(symbol);
  const digits = match?.[2] ?? "";
  const since = shifted(tradeDate, -366);
  const found = EXPIRIES.find(
    ({ letter, year, lastTradeDate }) =>
      letter === match?.[1] && String(year).endsWith(digits) && lastTradeDate >= since,
  );
  if (!found) {
    throw new InstrumentFailure(
      "unknown-contract",
      `expected a contract of the roll table (${EXPIRIES[0]?.year} to ${EXPIRIES.at(-1)?.year}) on ${tradeDate}, was ${symbol}`,
    );
  }
  return found;
}

/** Roll and last trade date of a contract symbol as it is meant on `tradeDate`. */
export function rollDatesOf(symbol: string, tradeDate: string): RollDates {
  return datesOf(expiryOf(symbol, tradeDate));
}

/** Where the contract stands on a trade date. */
export function rollPhase(symbol: string, tradeDate: string): RollPhase {
  const expiry = expiryOf(symbol, tradeDate);
  const { rollDate, lastTradeDate } = datesOf(expiry);
  if (tradeDate > lastTradeDate) return "expired";
  if (tradeDate === lastTradeDate) return "last-day";
  if (tradeDate >= rollDate) return "rolling";
  const before = EXPIRIES[EXPIRIES.indexOf(expiry) - 1];
  return before && tradeDate < datesOf(before).rollDate ? "deferred" : "front";
}

/** The contract of a product that leads on a trade date, with a one-digit year: "MESH4". */
export function frontContract(root: string, tradeDate: string): string {
  const front = EXPIRIES.find((expiry) => tradeDate < datesOf(expiry).rollDate);
  if (!front || tradeDate < `${EXPIRIES[0]?.year}-01-01`) {
    throw new InstrumentFailure(
      "unknown-contract",
      `expected a trade date of the roll table, was ${tradeDate}`,
    );
  }
  const symbol = `${root}${front.letter}${front.year % 10}`;
  return instrumentOf(symbol).symbol;
}
