import { z } from "zod";
import {
  count,
  decimal,
  identifier,
  orderType,
  reasonCode,
  side,
  stampUs,
  symbolName,
} from "../fields.ts";
import { defineStream } from "../stream.ts";

/**
 * What we want, written down and synced before it is sent. `order` is the client order id that it speaks of.
 * enter, protect and exit ask for a new order; move changes the price of a resting one; cancel takes it back.
 * `attach`: children that rest at the venue with an entry, named `<order>.S` and `<order>.T`; they work from its first
 * fill and one that fills cancels the other. `expiresUs`: not delivered by then, it is never sent (market clock).
 */
export const intent = defineStream({
  name: "intent",
  opens: "after-embargo",
  chained: true,
  body: z.strictObject({
    intent: identifier,
    order: identifier,
    strategy: identifier,
    symbol: symbolName,
    atUs: stampUs,
    action: z.enum(["enter", "protect", "exit", "move", "cancel"]),
    side: side.nullable(),
    qty: count.nullable(),
    type: orderType.nullable(),
    price: decimal.nullable(),
    stop: decimal.nullable(),
    reason: reasonCode,
    attach: z.strictObject({ stop: decimal.nullable(), target: decimal.nullable() }).optional(),
    expiresUs: stampUs.optional(),
  }),
});
