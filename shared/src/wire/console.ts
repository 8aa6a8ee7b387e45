import { z } from "zod";
import {
  accountKind,
  count,
  decimal,
  identifier,
  lots,
  money,
  reasonCode,
  side,
  stampUs,
  symbolName,
} from "./fields.ts";
import { sessionStatus } from "./status.ts";

/** How much a watchdog's bark matters. */
export const severity = z.enum(["info", "warning", "critical"]);

const consoleOrder = z.strictObject({
  /** Our client order id, or the venue's own reference of an order that is not ours. */
  order: z.string().min(1).max(96),
  /** False for an order that somebody else placed in this account: shown, never touched. */
  own: z.boolean(),
  symbol: symbolName,
  role: z.enum(["entry", "stop", "target", "exit", "foreign"]),
  side,
  qty: count,
  filled: count,
  type: z.string().max(16),
  price: decimal.nullable(),
  stop: decimal.nullable(),
  state: z.enum(["sent", "working", "unknown"]),
  /** Market time since which it is in this state. */
  sinceUs: stampUs.nullable(),
});

const consoleFill = z.strictObject({
  seq: count,
  atUs: stampUs,
  symbol: symbolName,
  side,
  qty: count,
  price: decimal,
  role: z.string().max(16),
  reason: reasonCode,
});

const watchdog = z.strictObject({
  name: reasonCode,
  severity,
  barking: z.boolean(),
  sinceUs: stampUs.nullable(),
});

/**
 * What the operator's console shows: everything that a person at the desk needs to act, on this machine only. It never
 * leaves the loopback, so it may hold what the public status must not: position, orders and prices of a live account.
 */
export const consoleState = z.strictObject({
  v: z.literal(1),
  /** Wall time at which the agent made this. */
  atUs: stampUs,
  account: z.strictObject({ kind: accountKind, name: z.string().max(64) }),
  strategy: identifier,
  venue: z.strictObject({
    name: z.string().max(64),
    link: z.enum(["down", "syncing", "ready"]),
    reason: reasonCode.nullable(),
  }),
  marketUs: stampUs.nullable(),
  session: sessionStatus.nullable(),
  feed: z.strictObject({ fresh: z.boolean(), lastRowAtUs: stampUs.nullable() }),
  position: z.strictObject({
    symbol: symbolName,
    lots,
    averagePrice: decimal.nullable(),
    last: decimal.nullable(),
    stop: decimal.nullable(),
    /** Open result after the fee of leaving; null without a price. */
    open: money.nullable(),
  }),
  result: z.strictObject({
    /** Realised since the journal began, fees included. */
    realised: money,
    /** Realised and open since 17:00 Chicago time. */
    day: money,
    dayLossMax: money,
    /** Distance of the equity below its peak. */
    drawdown: money,
    drawdownMax: money.nullable(),
  }),
  orders: z.array(consoleOrder).max(200),
  fills: z.array(consoleFill).max(50),
  entries: z.strictObject({ allowed: z.boolean(), reasons: z.array(reasonCode).max(64) }),
  latches: z.strictObject({
    killed: z.boolean(),
    closeOnly: z.boolean(),
    /** Trade date for which a person armed live trading; null when nobody did. */
    armed: z.iso.date().nullable(),
  }),
  watchdogs: z.array(watchdog).max(64),
  reconciliation: z
    .strictObject({
      atUs: stampUs,
      verdict: z.enum(["match", "mismatch", "unknown-left"]),
      positions: z.array(z.strictObject({ symbol: symbolName, ours: lots, theirs: lots })).max(16),
    })
    .nullable(),
  journal: z.strictObject({
    records: count,
    durable: count,
    leaves: count,
    /** Leaves that have not left for the Worker yet. */
    queued: count,
  }),
});
export type ConsoleState = z.infer<typeof consoleState>;
