import { count, reasonCode, stampUs } from "@believe/shared/wire";
import { z } from "zod";

/** A dated event (a rate decision, a payrolls report): no entries from `fromUs` to before `untilUs`. */
const blackout = z.strictObject({ name: reasonCode, fromUs: stampUs, untilUs: stampUs });
export type Blackout = z.infer<typeof blackout>;

export const BLACKOUTS_MAX = 10_000;

/** What stops new entries, and when a position must be flat. Money in US cents. */
export const limits = z.strictObject({
  /** Lots of one entry. */
  lots: z.int().min(1).max(1000).default(1),
  positionLotsMax: z.int().min(1).max(1000).default(1),
  /** Lots of any one order, exits included. */
  orderLotsMax: z.int().min(1).max(1000).default(100),
  /** Value of the position that an entry would lead to, at the market's price. */
  notionalMinorMax: count.default(100_000_000),
  /** How far from the market a price of an order may lie, in ticks. */
  priceBandTicks: z.int().min(1).default(200),
  /** Orders of ours open at a time; the venue takes 20 a side. */
  openOrdersMax: z.int().min(1).max(19).default(10),
  /** Orders asked for in the last minute (entries, stops and exits) from which on there are no new entries. */
  ordersPerMinuteMax: z.int().min(1).max(60).default(12),
  /** Loss since 17:00 Chicago time, realised and open, fees included. */
  dailyLossMinorMax: count.default(100_000),
  /** Fall of the equity below its peak; null sets no such limit. */
  drawdownMinorMax: count.nullable().default(null),
  /** Which peak: the highest mark of all, or the highest equity with which a trade date ended. */
  drawdownFrom: z.enum(["intraday-peak", "end-of-day-peak"]).default("intraday-peak"),
  /** Losing trades in a row on one trade date: a guard against a broken strategy or feed. */
  consecutiveLossesMax: z.int().min(1).default(40),
  /** No entry this long before the session's next boundary. */
  boundaryMinutes: z.int().min(1).default(10),
  /** Flat this long before the regular session ends. */
  flatMinutes: z.int().min(1).default(5),
  /** Dated events without entries. */
  blackouts: z.array(blackout).max(BLACKOUTS_MAX).default([]),
});
export type Limits = z.infer<typeof limits>;
