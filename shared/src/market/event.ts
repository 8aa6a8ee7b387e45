import type { PriceTicks, Qty, TimeUs } from "@believe/shared/base";

export type Side = "buy" | "sell";

/** Where a row came from: the feed's start stamp and its sequence within that run. Ascends, may skip, restarts with a new run. */
export interface Source {
  readonly run: string;
  readonly seq: number;
}

interface Row {
  readonly symbol: string;
  /** The stamp that the feed wrote into the row (UTC). */
  readonly stampUs: TimeUs;
  readonly source: Source;
}

/** Best bid and offer. A price of null is a missing side. */
export interface BestQuote {
  readonly bid: PriceTicks | null;
  readonly bidSize: Qty;
  readonly ask: PriceTicks | null;
  readonly askSize: Qty;
}

/** One print with the quote that stood when it was made. `aggressor` is null for an opening cross or an unknown side. */
export interface TradeEvent extends Row, BestQuote {
  readonly kind: "trade";
  readonly price: PriceTicks;
  readonly size: Qty;
  readonly aggressor: Side | null;
}

export interface QuoteEvent extends Row, BestQuote {
  readonly kind: "quote";
}

export interface Level {
  readonly price: PriceTicks;
  readonly size: Qty;
  readonly orders: number;
}

/** A snapshot of at most ten levels a side, best first. */
export interface BookEvent extends Row {
  readonly kind: "book";
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** The feed says that it missed something: the book is unknown until the next snapshot. */
export interface GapEvent extends Row {
  readonly kind: "gap";
}

export type MarketEvent = TradeEvent | QuoteEvent | BookEvent | GapEvent;

/** A market event as the engine sees it: with its instant on the market clock. */
export type TimedMarketEvent = { readonly tsUs: TimeUs } & MarketEvent;
