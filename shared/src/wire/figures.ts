import { z } from "zod";
import { accountKind, count, decimal, identifier, stampUs } from "./fields.ts";

/**
 * What the agent computes from opened records and signs: views print it, islands recompute it.
 * Money is a decimal string in USD; `seq` links a figure to the journal entry that it rests on.
 */
export const figures = z.strictObject({
  v: z.literal(1),
  n: count,
  atUs: stampUs,
  agent: z.literal("broker"),
  currency: z.literal("USD"),
  account: z.strictObject({ kind: accountKind, name: z.string().max(64) }),
  /** First and last journal entry that were looked at. */
  entries: z.strictObject({ first: count, last: count }),
  fills: count,
  trades: count,
  wins: count,
  gross: decimal,
  fees: decimal,
  /** Realised, net of the fees of every fill. */
  net: decimal,
  maxDrawdown: decimal,
  day: z.strictObject({ tradeDate: z.iso.date().nullable(), net: decimal, trades: count }),
  byStrategy: z.array(
    z.strictObject({ strategy: identifier, trades: count, wins: count, net: decimal }),
  ),
  /** Realised net after each trade, oldest first, the latest 500. */
  equity: z.array(z.strictObject({ seq: count, atUs: stampUs, net: decimal })).max(500),
});
export type Figures = z.infer<typeof figures>;
