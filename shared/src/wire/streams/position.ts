import { z } from "zod";
import { decimal, identifier, lots, money, stampUs, symbolName } from "../fields.ts";
import { defineStream } from "../stream.ts";

/** Where we stand after a fill. `lots` is signed; `realised` is net of all fees so far, in USD. */
export const position = defineStream({
  name: "position",
  opens: "after-embargo",
  chained: true,
  body: z.strictObject({
    symbol: symbolName,
    atUs: stampUs,
    lots,
    averagePrice: decimal.nullable(),
    trade: identifier.nullable(),
    realised: money,
  }),
});
