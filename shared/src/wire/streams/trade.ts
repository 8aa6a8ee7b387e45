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

/** A round turn: an entry linked to its exit. Money in USD; `r` is net over the initial risk, two decimals. */
export const trade = defineStream({
  name: "trade",
  opens: "after-embargo",
  chained: false,
  body: z.strictObject({
    trade: identifier,
    strategy: identifier,
    symbol: symbolName,
    side,
    qty: count,
    enteredAtUs: stampUs,
    exitedAtUs: stampUs,
    entryPrice: decimal,
    exitPrice: decimal,
    stop: decimal,
    gross: money,
    fees: money,
    net: money,
    r: decimal.nullable(),
    reason: reasonCode,
  }),
});
