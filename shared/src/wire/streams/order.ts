import { z } from "zod";
import { identifier, reasonCode, stampUs, symbolName } from "../fields.ts";
import { defineStream } from "../stream.ts";

/** What became of an order that an intent asked for. An intent that was never sent ends as expired. */
export const order = defineStream({
  name: "order",
  opens: "after-embargo",
  chained: false,
  body: z.strictObject({
    order: identifier,
    intent: identifier,
    symbol: symbolName,
    atUs: stampUs,
    state: z.enum(["acknowledged", "moved", "cancelled", "rejected", "expired", "filled"]),
    reason: reasonCode.nullable(),
  }),
});
