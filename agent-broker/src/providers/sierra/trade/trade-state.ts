import { tailState } from "@believe/host/tail";
import { timeUs } from "@believe/shared/base";
import { identifier } from "@believe/shared/wire";
import { z } from "zod";

const count = z.int().min(0);

/** An order that was written and is not known to be finished. */
const openOrder = z.strictObject({
  cmdSeq: count,
  order: identifier,
  qty: count,
  expiresUs: z.int().transform(timeUs),
});
export type OpenOrder = z.infer<typeof openOrder>;

/** What the provider keeps between two runs of the agent. */
export const tradeState = z.strictObject({
  v: z.literal(1),
  header: z.string(),
  tail: tailState.nullable(),
  run: z.string(),
  rowSeq: count,
  /** The newest command that `open` knows of. */
  cmdSeq: count,
  open: z.array(openOrder),
});
export type TradeState = z.infer<typeof tradeState>;
