import { z } from "zod";
import {
  accountKind,
  count,
  decimal,
  hashBase64,
  lots,
  reasonCode,
  sha256Hex,
  stampUs,
  symbolName,
} from "./fields.ts";

const head = {
  v: z.literal(1),
  /** Ascends with every message of this agent, across restarts. */
  n: count,
  /** Wall time of signing; past `leaseUs` after it the message is broken. */
  atUs: stampUs,
  leaseUs: count,
};

/** Session of the exchange as the agent's calendar says. */
export const sessionStatus = z.strictObject({
  tradeDate: z.iso.date(),
  phase: z.enum(["eth", "rth", "break", "closed"]),
  /** The next boundary: what begins then, in market time. */
  next: z.strictObject({ phase: z.enum(["eth", "rth", "break", "closed"]), atUs: stampUs }),
});

/** What the broker agent says of itself: an allow-list; nothing else becomes public. */
export const brokerStatus = z.strictObject({
  ...head,
  agent: z.literal("broker"),
  account: z.strictObject({ kind: accountKind, name: z.string().max(64) }),
  feed: z.strictObject({
    name: z.string().max(128),
    seeded: z.boolean(),
    speed: z.number().positive(),
    state: z.enum(["waiting", "fresh", "stale", "ended"]),
    /** Wall time at which the last row arrived, null before the first. */
    lastRowAtUs: stampUs.nullable(),
    staleAfterUs: count,
    rows: count,
    domRows: count,
    quarantined: count,
  }),
  /** The engine's market clock, null before the first event. */
  marketUs: stampUs.nullable(),
  session: sessionStatus.nullable(),
  venue: z.strictObject({
    name: z.string().max(64),
    state: z.enum(["ready", "down"]),
    /** Null of a live account: an order that rests tells of a position. */
    resting: count.nullable(),
  }),
  /** Of a live account only what feed, session and machine say of new entries. */
  entries: z.strictObject({ allowed: z.boolean(), reasons: z.array(reasonCode) }),
  /** What a person should look at although entries go on, e.g. "clock-skew"; absent when there is nothing. */
  warnings: z.array(reasonCode).max(8).optional(),
  /** Null when withheld by choice (a live account or a licensed feed). */
  positions: z
    .array(
      z.strictObject({
        symbol: symbolName,
        lots,
        averagePrice: decimal.nullable(),
        stop: decimal.nullable(),
        last: decimal.nullable(),
      }),
    )
    .nullable(),
  /** `records` and `decisionTip` are null of a live account: they move when something is traded. */
  log: z.strictObject({
    size: count,
    root: hashBase64,
    records: count.nullable(),
    queued: count,
  }),
  decisionTip: sha256Hex.nullable(),
  startedAtUs: stampUs,
});
export type BrokerStatus = z.infer<typeof brokerStatus>;

/** What the research agent says of itself. */
export const researchStatus = z.strictObject({
  ...head,
  agent: z.literal("research"),
  log: z.strictObject({
    size: count,
    root: hashBase64,
    /** Whether every checkpoint served so far extended the one before. */
    consistent: z.boolean(),
    checkedAtUs: stampUs.nullable(),
  }),
  replica: z.strictObject({ segments: count, bytes: count }),
  startedAtUs: stampUs,
});
export type ResearchStatus = z.infer<typeof researchStatus>;

export const status = z.discriminatedUnion("agent", [brokerStatus, researchStatus]);
export type Status = z.infer<typeof status>;
