import { z } from "zod";
import { accountKind, decimal, identifier, symbolName } from "../fields.ts";
import { defineStream } from "../stream.ts";

/** The first record of a journal: what was fixed when the estate was made. */
export const genesis = defineStream({
  name: "genesis",
  opens: "after-embargo",
  chained: false,
  body: z.strictObject({
    brand: z.string().min(1).max(64),
    origin: z.string().min(1).max(128),
    account: z.strictObject({ kind: accountKind, name: identifier }),
    feed: z.strictObject({ name: z.string().min(1).max(128), licensed: z.boolean() }),
    instruments: z.array(
      z.strictObject({
        symbol: symbolName,
        tickSize: decimal,
        tickValue: decimal,
        feePerSide: decimal,
      }),
    ),
    journalKey: z.string().min(1).max(256),
    statusKey: z.string().min(1).max(256),
  }),
});
