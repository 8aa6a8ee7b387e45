import { z } from "zod";
import { count, identifier, lots, reasonCode, stampUs, symbolName } from "../fields.ts";
import { defineStream } from "../stream.ts";

/**
 * What comparing our book with the venue's full state came to. Orders that were in doubt are `found` or `gone`;
 * `unknown` are those still in doubt; `foreign` are not ours. Executions were `known` already or booked `late`.
 */
export const reconciliation = defineStream({
  name: "reconciliation",
  opens: "after-embargo",
  chained: true,
  body: z.strictObject({
    atUs: stampUs,
    venue: identifier,
    account: identifier,
    verdict: z.enum(["match", "mismatch", "unknown-left"]),
    /** Signed lots in our book and at the venue. */
    positions: z.array(z.strictObject({ symbol: symbolName, ours: lots, theirs: lots })),
    orders: z.strictObject({ found: count, gone: count, foreign: count, unknown: count }),
    executions: z.strictObject({ known: count, late: count }),
    reasons: z.array(reasonCode),
  }),
});
