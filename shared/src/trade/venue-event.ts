import type { PriceTicks, Qty, TimeUs } from "@believe/shared/base";
import type { Side } from "@believe/shared/market";
import type { Command } from "@believe/shared/wire";
import type { VenueOrder, VenueSnapshot } from "./venue-snapshot.ts";

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

/** An execution was replaced by a later revision of itself; a quantity of 0 takes it back (bust). */
export interface Correction extends OfOrder {
  readonly kind: "correction";
  /** Id without its revision. */
  readonly exec: string;
  /** ≥ 1; a lower or equal one than the known changes nothing. */
  readonly revision: number;
  readonly side: Side;
  readonly qty: Qty;
  readonly price: PriceTicks;
  readonly venue: string;
}

/** The venue proved that it never had this order and never will. `reason` is a reason code. */
export interface Absent extends OfOrder {
  readonly kind: "absent";
  readonly reason: string;
}

/** What a venue says of one order of ours. */
export type OrderWord =
  | Acknowledged
  | Moved
  | Cancelled
  | CancelRejected
  | Rejected
  | Execution
  | Correction
  | Absent;

/**
 * The connection to the venue. down: what was under way is in doubt; syncing: connected, its state not told yet;
 * ready: follows a snapshot of this connection.
 */
export interface LinkEvent {
  readonly kind: "link";
  readonly tsUs: TimeUs;
  readonly venue: string;
  readonly state: "down" | "syncing" | "ready";
  /** A reason code, null where there is nothing to say. */
  readonly reason: string | null;
}

export interface SnapshotEvent {
  readonly kind: "snapshot";
  readonly tsUs: TimeUs;
  readonly snapshot: VenueSnapshot;
}

/** An order that is not ours, working or gone: shown, counted in exposure, never touched. Its `order` is null. */
export interface ForeignEvent {
  readonly kind: "foreign";
  readonly tsUs: TimeUs;
  readonly order: VenueOrder;
}

/** What a venue says, in the order in which it said it. */
export type VenueEvent = OrderWord | LinkEvent | SnapshotEvent | ForeignEvent;

/** A person's act. */
export interface CommandEvent {
  readonly kind: "command";
  readonly tsUs: TimeUs;
  readonly command: Command;
}

/** A watchdog's verdict changed. `dog` is a reason code. */
export interface WatchEvent {
  readonly kind: "watch";
  readonly tsUs: TimeUs;
  readonly dog: string;
  readonly barking: boolean;
}
