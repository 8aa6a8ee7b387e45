import { z } from "zod";
import {
  count,
  decimal,
  identifier,
  money,
  reasonCode,
  side,
  stampUs,
  symbolName,
} from "../fields.ts";
import { defineStream } from "../stream.ts";

/** Our record of an execution: its role in a trade and what it cost. `fee` is money in USD, ≥ 0. */
export const fill = defineStream({
  name: "fill",
  opens: "after-embargo",
  chained: false,
  body: z.strictObject({
    exec: identifier,
    order: identifier,
    trade: identifier,
    symbol: symbolName,
    atUs: stampUs,
    side,
    qty: count,
    price: decimal,
    fee: money,
    role: z.enum(["entry", "stop", "exit"]),
    reason: reasonCode,
  }),
});
