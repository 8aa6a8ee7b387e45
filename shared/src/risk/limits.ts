import { count } from "@believe/shared/wire";
import { z } from "zod";

/** What stops new entries, and when a position must be flat. Money in US cents. */
export const limits = z.strictObject({
  /** Lots of one entry. */
  lots: z.int().min(1).max(1000).default(1),
  positionLotsMax: z.int().min(1).max(1000).default(1),
  /** Orders asked for in the last minute (entries, stops and exits) from which on there are no new entries. */
  ordersPerMinuteMax: z.int().min(1).max(60).default(12),
  /** Loss since 17:00 Chicago time, realised and open, fees included. */
  dailyLossMinorMax: count.default(100_000),
  /** Losing trades in a row on one trade date: a guard against a broken strategy or feed. */
  consecutiveLossesMax: z.int().min(1).default(40),
  /** No entry this long before the session's next boundary. */
  boundaryMinutes: z.int().min(1).default(10),
  /** Flat this long before the regular session ends. */
  flatMinutes: z.int().min(1).default(5),
});
export type Limits = z.infer<typeof limits>;
