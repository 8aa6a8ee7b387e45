import { type PriceTicks, priceTicks } from "@believe/shared/base";
import type { MarketEvent, Side } from "@believe/shared/market";
import { signOf, type WorkingOrder } from "@believe/shared/trade";

/** What one market event shows of the market. */
export interface Sight {
  readonly bid: PriceTicks | null;
  readonly ask: PriceTicks | null;
  /** The print, null for a quote or a book. */
  readonly price: PriceTicks | null;
}

export function sightOf(event: MarketEvent): Sight {
  switch (event.kind) {
    case "trade":
      return { bid: event.bid, ask: event.ask, price: event.price };
    case "quote":
      return { bid: event.bid, ask: event.ask, price: null };
    case "book":
      return { bid: event.bids[0]?.price ?? null, ask: event.asks[0]?.price ?? null, price: null };
    case "gap":
      return { bid: null, ask: null, price: null };
  }
}

/** The price at which one who takes trades: the ask for a buyer. */
export function farSide(side: Side, sight: Sight): PriceTicks | null {
  return side === "buy" ? sight.ask : sight.bid;
}

function worst(side: Side, ...prices: readonly (number | null)[]): number {
  const known = prices.filter((price) => price !== null);
  return side === "buy" ? Math.max(...known) : Math.min(...known);
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
      return far === null ? null : priceTicks(worst(side, far, sight.price) + sign * slippageTicks);
    case "STP": {
      const { stop } = order;
      if (stop === null) return null;
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
