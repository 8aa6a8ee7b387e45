import { z } from "zod";
import { identifier, reasonCode, stampUs, symbolName } from "../fields.ts";
import { defineStream } from "../stream.ts";

/**
 * What became of an order that an intent asked for. An intent that was never sent ends as expired. unknown: a request
 * was under way when the venue was lost; only the venue's own word ends the doubt, and nothing is sent again.
 */
export const order = defineStream({
  name: "order",
  opens: "after-embargo",
  chained: false,
  body: z.strictObject({
    order: identifier,
    intent: identifier,
    symbol: symbolName,
    atUs: stampUs,
    state: z.enum([
      "acknowledged",
      "moved",
      "cancelled",
      "rejected",
      "expired",
      "filled",
      "unknown",
    ]),
    reason: reasonCode.nullable(),
  }),
});
