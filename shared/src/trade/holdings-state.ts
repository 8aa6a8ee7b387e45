import { count, identifier, reasonCode, side, stampUs } from "@believe/shared/wire";
import { z } from "zod";
import { ticks, workingOrder } from "./order.ts";

/** Halts that end with their trade date; every other one stays until a person clears it. */
export const DAY_HALTS: ReadonlySet<string> = new Set(["daily-loss", "consecutive-losses"]);

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
  /** False when a fill opened it that no entry asked for. */
  intended: z.boolean(),
});
export type OpenTrade = z.infer<typeof openTrade>;

/** What we hold and have asked for in one symbol. Everything in it is rebuilt from the journal alone. */
export const holdingsState = z.strictObject({
  side: side.nullable(),
  lots: z.array(z.strictObject({ price: ticks, qty: count })),
  gross: z.int(),
  fees: count,
  day: z.strictObject({
    tradeDate: z.iso.date().nullable(),
    /** Realised net of fees since the trade date began, in US cents. */
    net: z.int(),
    /** Losing trades in a row. */
    losses: count,
  }),
  trade: openTrade.nullable(),
  orders: z.array(workingOrder),
  /** The newest execution ids, oldest first: a repeated one is ignored. */
  execs: z.array(identifier),
  /** Stamps of the newest orders asked for, oldest first: what the rate limit counts. */
  asked: z.array(stampUs),
  counters: z.strictObject({ intent: count, order: count }),
  /** Reasons for which new entries ended; those of one trade date leave with it. */
  halts: z.array(z.strictObject({ reason: reasonCode, tradeDate: z.iso.date().nullable() })),
});
export type HoldingsState = z.infer<typeof holdingsState>;

export function emptyHoldings(): HoldingsState {
  return {
    side: null,
    lots: [],
    gross: 0,
    fees: 0,
    day: { tradeDate: null, net: 0, losses: 0 },
    trade: null,
    orders: [],
    execs: [],
    asked: [],
    counters: { intent: 0, order: 0 },
    halts: [],
  };
}

/** A copy that shares nothing that changes. */
export function copyOf(state: HoldingsState): HoldingsState {
  return {
    ...state,
    lots: state.lots.map((lot) => ({ ...lot })),
    day: { ...state.day },
    trade: state.trade && { ...state.trade },
    orders: state.orders.map((order) => ({ ...order })),
    execs: [...state.execs],
    asked: [...state.asked],
    counters: { ...state.counters },
    halts: [...state.halts],
  };
}
