import { type ExitRules, type StopLevel, stopLevel } from "@believe/shared/exit";
import type { Bar } from "@believe/shared/market";
import { isBetter, type OpenTrade, opposite, type WorkingOrder } from "@believe/shared/trade";

/** Follows the best price of the open trade and says where its stop belongs at a bar's close. */
export class Trail {
  readonly #rules: ExitRules;
  #trade: string | null = null;
  #best = 0;

  constructor(rules: ExitRules) {
    this.#rules = rules;
  }

  /** The level for the trade after `bar`; null while the stop stays or nothing is open. */
  onBar(bar: Bar, trade: OpenTrade | null, orders: Iterable<WorkingOrder>): StopLevel | null {
    if (!trade || trade.entryQty === 0) return null;
    const entry = trade.entryCost / trade.entryQty;
    if (trade.trade !== this.#trade) {
      this.#trade = trade.trade;
      this.#best = entry;
    }
    // The extremes of the entry's own bar may be older than the entry: only its close counts.
    const whole = bar.fromUs >= trade.enteredAtUs;
    const seen = whole ? (trade.side === "buy" ? bar.high : bar.low) : bar.close;
    if (isBetter(trade.side, seen, this.#best)) this.#best = seen;
    const stop = worstStop(trade, orders);
    const { side, stop: firstStop } = trade;
    const { close } = bar;
    return stopLevel(this.#rules, { side, entry, firstStop, stop, best: this.#best, close });
  }
}

/** The resting stop farthest from the market: the one that a move must reach too. */
function worstStop(trade: OpenTrade, orders: Iterable<WorkingOrder>): OpenTrade["stop"] {
  let worst: OpenTrade["stop"] | null = null;
  for (const order of orders) {
    if (order.role !== "stop" || order.stop === null || order.side !== opposite(trade.side))
      continue;
    const at = order.move?.stop ?? order.stop;
    if (worst === null || isBetter(trade.side, worst, at)) worst = at;
  }
  return worst ?? trade.stop;
}
