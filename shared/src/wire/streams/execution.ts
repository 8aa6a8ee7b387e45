import { z } from "zod";
import { count, decimal, identifier, side, stampUs, symbolName } from "../fields.ts";
import { defineStream } from "../stream.ts";

/**
 * The broker's report that an order, or a part of it, was done. `exec` is the base id; `revision` stands only where
 * the first word that reached us was already a corrected one.
 */
export const execution = defineStream({
  name: "execution",
  opens: "after-embargo",
  chained: true,
  body: z.strictObject({
    exec: identifier,
    order: identifier,
    symbol: symbolName,
    atUs: stampUs,
    side,
    qty: count,
    price: decimal,
    venue: identifier,
    revision: count.optional(),
  }),
});
