import type { PriceTicks, Qty, TimeUs } from "@believe/shared/base";
import type { Side } from "@believe/shared/market";

interface OfOrder {
  readonly tsUs: TimeUs;
  /** Our client order id. */
  readonly order: string;
  readonly symbol: string;
}

/** The order rests or works at the venue. */
export interface Acknowledged extends OfOrder {
  readonly kind: "acknowledged";
}

/** The order's price is now `stop` (STP) or `price` (LMT). */
export interface Moved extends OfOrder {
  readonly kind: "moved";
  readonly price: PriceTicks | null;
  readonly stop: PriceTicks | null;
}

/** The order is gone; what was filled before stays filled. */
export interface Cancelled extends OfOrder {
  readonly kind: "cancelled";
}

/** A cancel or a move came too late, or named an order that the venue does not know. */
export interface CancelRejected extends OfOrder {
  readonly kind: "cancel-rejected";
  readonly request: "cancel" | "move";
  readonly reason: "too-late" | "not-at-venue";
}

/** The order never worked. `reason` is a reason code. */
export interface Rejected extends OfOrder {
  readonly kind: "rejected";
  readonly reason: string;
}

/** The order, or a part of it, was done. `exec` is unique for ever: a repeated one is the same execution told twice. */
export interface Execution extends OfOrder {
  readonly kind: "execution";
  readonly exec: string;
  readonly side: Side;
  readonly qty: Qty;
  readonly price: PriceTicks;
  /** Name of the venue. */
  readonly venue: string;
}

/** What a venue says of our orders, in the order in which it said it. */
export type VenueEvent = Acknowledged | Moved | Cancelled | CancelRejected | Rejected | Execution;
