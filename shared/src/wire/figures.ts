import { z } from "zod";
import { accountKind, count, identifier, money, stampUs } from "./fields.ts";

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
  gross: money,
  fees: money,
  /** Realised, net of the fees of every fill. */
  net: money,
  maxDrawdown: money,
  day: z.strictObject({ tradeDate: z.iso.date().nullable(), net: money, trades: count }),
  byStrategy: z.array(
    z.strictObject({ strategy: identifier, trades: count, wins: count, net: money }),
  ),
  /** Realised net after each trade, oldest first, the latest 500. */
  equity: z.array(z.strictObject({ seq: count, atUs: stampUs, net: money })).max(500),
});
export type Figures = z.infer<typeof figures>;
