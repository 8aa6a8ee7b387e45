import { count, identifier, side, stampUs } from "@believe/shared/wire";
import { z } from "zod";
import { ticks } from "./order.ts";

/** A trade that is not flat yet. Sums are in ticks × lots, money in US cents. */
export const openTrade = z.strictObject({
  trade: identifier,
  strategy: identifier,
  side,
  enteredAtUs: stampUs,
  /** Where the protective stop was put first; the distance from the entry is R. */
  stop: ticks,
  entryQty: count,
  entryCost: z.int(),
  exitQty: count,
  exitCost: z.int(),
  gross: z.int(),
  fees: count,
  /** False when something opened it that no entry asked for. */
  intended: z.boolean(),
});
export type OpenTrade = z.infer<typeof openTrade>;
