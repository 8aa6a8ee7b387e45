import { z } from "zod";
import { decimal, identifier, reasonCode, side, stampUs, symbolName } from "../fields.ts";
import { defineStream } from "../stream.ts";

/** One evaluation of one strategy on one instrument at its cadence, entered or not. */
export const decision = defineStream({
  name: "decision",
  opens: "never",
  chained: true,
  body: z.strictObject({
    strategy: identifier,
    symbol: symbolName,
    atUs: stampUs,
    verdict: z.enum(["enter", "exit", "hold", "pass", "blocked", "warming"]),
    side: side.nullable(),
    close: decimal.nullable(),
    reasons: z.array(reasonCode),
  }),
});
