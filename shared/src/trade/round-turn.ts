import {
  decimalOf,
  moneyDecimal,
  moneyMinor,
  type PriceTicks,
  priceTicks,
} from "@believe/shared/base";
import { type Instrument, priceDecimal, type Side } from "@believe/shared/market";
import type { Body } from "@believe/shared/wire";
import { averageDecimal, moneyOf } from "./money.ts";
import type { OpenTrade } from "./open-trade.ts";
import { signOf } from "./side.ts";

/** The first protective stop: where it was planned, but at least one tick on the losing side of the fill. */
export function initialStop(side: Side, fill: PriceTicks, planned: PriceTicks | null): PriceTicks {
  const nearest = fill - signOf(side);
  if (planned === null) return priceTicks(nearest);
  return priceTicks(side === "buy" ? Math.min(planned, nearest) : Math.max(planned, nearest));
}

/** What the trade risked between its entry and its first stop, in US cents. */
export function initialRisk(instrument: Instrument, trade: OpenTrade): number {
  return Math.abs(moneyOf(instrument, trade.entryCost - trade.stop * trade.entryQty));
}

/** The record of a trade that is flat again. */
export function tradeBody(
  instrument: Instrument,
  trade: OpenTrade,
  exit: { readonly symbol: string; readonly atUs: number; readonly reason: string },
): Body<"trade"> {
  const net = trade.gross - trade.fees;
  const risk = initialRisk(instrument, trade);
  return {
    trade: trade.trade,
    strategy: trade.strategy,
    symbol: exit.symbol,
    side: trade.side,
    qty: trade.entryQty,
    enteredAtUs: trade.enteredAtUs,
    exitedAtUs: exit.atUs,
    entryPrice: averageDecimal(instrument, trade.entryCost, trade.entryQty),
    exitPrice: averageDecimal(instrument, trade.exitCost, trade.exitQty),
    stop: priceDecimal(instrument, trade.stop),
    gross: moneyDecimal(moneyMinor(trade.gross)),
    fees: moneyDecimal(moneyMinor(trade.fees)),
    net: moneyDecimal(moneyMinor(net)),
    r: risk === 0 ? null : decimalOf(Math.round((100 * net) / risk), 2),
    reason: exit.reason,
  };
}
