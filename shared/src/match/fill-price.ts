import { type PriceTicks, priceTicks } from "@believe/shared/base";
import type { BestQuote, MarketEvent, Side } from "@believe/shared/market";
import { signOf, type WorkingOrder } from "@believe/shared/trade";

/** What one market event shows of the market. */
export interface Sight {
  readonly bid: PriceTicks | null;
  readonly ask: PriceTicks | null;
  readonly bidSize: number;
  readonly askSize: number;
  /** The print, null for a quote or a book. */
  readonly price: PriceTicks | null;
  readonly size: number;
}

export function sightOf(event: MarketEvent): Sight {
  switch (event.kind) {
    case "trade":
      return bestOf(event, event.price, event.size);
    case "quote":
      return bestOf(event, null, 0);
    case "book": {
      const [bid] = event.bids;
      const [ask] = event.asks;
      return {
        bid: bid?.price ?? null,
        bidSize: bid?.size ?? 0,
        ask: ask?.price ?? null,
        askSize: ask?.size ?? 0,
        price: null,
        size: 0,
      };
    }
    case "gap":
      return DARK;
  }
}

/** Nothing is seen of the market. */
export const DARK: Sight = { bid: null, bidSize: 0, ask: null, askSize: 0, price: null, size: 0 };

function bestOf(best: BestQuote, price: PriceTicks | null, size: number): Sight {
  const { bid, bidSize, ask, askSize } = best;
  return { bid, bidSize, ask, askSize, price, size };
}

/** The lots that one sight offers to a taker: those of the print, else those that stand on the far side. */
export function offered(side: Side, sight: Sight): number {
  if (sight.price !== null) return sight.size;
  return side === "buy" ? sight.askSize : sight.bidSize;
}

/** The price at which one who takes trades: the ask for a buyer. */
export function farSide(side: Side, sight: Sight): PriceTicks | null {
  return side === "buy" ? sight.ask : sight.bid;
}

function worst(side: Side, ...prices: readonly (number | null)[]): number {
  const known = prices.filter((price) => price !== null);
  return side === "buy" ? Math.max(...known) : Math.min(...known);
}

function marketPrice(side: Side, sight: Sight, slippageTicks: number): PriceTicks | null {
  const far = farSide(side, sight);
  if (far === null) return null;
  return priceTicks(worst(side, far, sight.price) + signOf(side) * slippageTicks);
}

/**
 * The price at which an order fills on this sight of the market, or null when it does not. Pessimistic throughout:
 * a market order pays the worse of the far side and the print, plus slippage; a stop is triggered by a print at or
 * through it or by the far side standing there, and pays the worse of the stop, the far side and the print, plus
 * slippage, so a gap fills beyond it; a limit fills only when the market has traded or stands through it.
 */
export function fillPrice(
  order: WorkingOrder,
  sight: Sight,
  slippageTicks: number,
): PriceTicks | null {
  const { side } = order;
  const sign = signOf(side);
  const far = farSide(side, sight);
  switch (order.type) {
    case "MKT":
      return marketPrice(side, sight, slippageTicks);
    case "STP": {
      const { stop } = order;
      if (stop === null) return null;
      // Triggered before: what is left of it takes what it finds.
      if (order.filled > 0) return marketPrice(side, sight, slippageTicks);
      const reached = (price: number | null): boolean =>
        price !== null && sign * (price - stop) >= 0;
      if (!reached(sight.price) && !reached(far)) return null;
      return priceTicks(worst(side, stop, far, sight.price) + sign * slippageTicks);
    }
    case "LMT": {
      const { price } = order;
      if (price === null) return null;
      const through = (seen: number | null): boolean => seen !== null && sign * (seen - price) < 0;
      return through(sight.price) || through(far) ? price : null;
    }
    // The venue takes no such orders: see its `#accept`.
    case "STP LMT":
    case "TRAIL":
      return null;
  }
}
