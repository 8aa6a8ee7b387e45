import { priceTicks, qty, timeUs } from "@believe/shared/base";
import { count, identifier, lots, side, stampUs, symbolName } from "@believe/shared/wire";
import { z } from "zod";

const ticks = z.int().transform(priceTicks);
const size = count.transform(qty);

/** An order as the venue has it, ours or foreign. */
export const venueOrder = z.strictObject({
  /** Our client order id; null: not ours. */
  order: identifier.nullable(),
  /** The venue's own id. */
  ref: identifier,
  symbol: symbolName,
  side,
  qty: size,
  filled: size,
  /** One of ours, or whatever the venue calls a foreign one's. */
  type: z.string().min(1).max(24),
  price: ticks.nullable(),
  stop: ticks.nullable(),
  state: z.enum(["working", "filled", "cancelled", "rejected"]),
  /** Client order id of the entry that it is attached to. */
  parent: identifier.nullable(),
});
export type VenueOrder = z.infer<typeof venueOrder>;

/** An execution as the venue has it, at its highest revision. A quantity of 0 is a bust. */
export const venueExecution = z.strictObject({
  /** Id without its revision. */
  exec: identifier,
  revision: count,
  order: identifier.nullable(),
  ref: identifier,
  symbol: symbolName,
  side,
  qty: size,
  price: ticks,
  atUs: stampUs.transform(timeUs),
});
export type VenueExecution = z.infer<typeof venueExecution>;

/** The venue's full state on one connection. It is never made when any part of it could not be had. */
export const venueSnapshot = z.strictObject({
  venue: identifier,
  account: identifier,
  /** Working orders. */
  orders: z.array(venueOrder),
  /** Finished ones, as far back as the venue tells. */
  done: z.array(venueOrder),
  executions: z.array(venueExecution),
  positions: z.array(z.strictObject({ symbol: symbolName, lots })),
  /** The venue proves that an order of ours that is in none of the lists does not exist and never will. */
  definite: z.boolean(),
});
export type VenueSnapshot = z.infer<typeof venueSnapshot>;
