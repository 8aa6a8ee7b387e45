import { z } from "zod";
import {
  accountKind,
  count,
  hashBase64,
  minuteText,
  stampUs,
  UNOPENED_HOURS_MAX,
} from "./fields.ts";
import { streams } from "./record.ts";
import { witnessing } from "./witnessing.ts";

/** A fill as the public page shows it: its journal number and how far its proof has come. */
export const liveFill = z.strictObject({
  seq: count,
  mark: z.enum(["pending", "sealed"]),
  /** Index of the leaf that holds it, null while pending. */
  leaf: count.nullable(),
  body: streams.fill.body,
});
export type LiveFill = z.infer<typeof liveFill>;

/** Kinds of trouble that the edge itself sees. All are public. */
export const alarmKind = z.enum(["lease-broken", "fork", "pending-differs"]);
export const alarm = z.strictObject({
  kind: alarmKind,
  atUs: stampUs,
  detail: z.string().max(256),
});
export type Alarm = z.infer<typeof alarm>;

const sections = {
  /** The signed notes exactly as the agents sent them; the browser checks the signature again. Null before the first. */
  broker: z.string().nullable(),
  research: z.string().nullable(),
  figures: z.string().nullable(),
  log: z.strictObject({
    size: count,
    root: hashBase64.nullable(),
    /** Minute of the newest leaf, null for an empty log. */
    minute: minuteText.nullable(),
    /** Journal lines that were opened and checked against a covered leaf. */
    opened: count,
    /** UTC hours, counted since 1970, with a leaf that is not opened, ascending: what a live account's page judges. */
    unopenedHours: z.array(count).max(UNOPENED_HOURS_MAX),
  }),
  /** The newest fills, newest first, at most 20. */
  fills: z.array(liveFill).max(20),
  alarms: z.array(alarm).max(20),
  /** Who witnesses the log, null before its first checkpoint. */
  witnessing: witnessing.nullable(),
};

/** What is fixed for the whole estate; pages name themselves from it. */
export const estate = z.strictObject({
  brand: z.string().max(64),
  site: z.string().max(128),
  dashboard: z.string().max(128),
  origin: z.string().max(128),
  account: z.strictObject({ kind: accountKind, name: z.string().max(64) }),
  keys: z.strictObject({
    journal: z.string().max(256),
    brokerStatus: z.string().max(256),
    brokerRequest: z.string().max(256),
    researchStatus: z.string().max(256),
    researchRequest: z.string().max(256),
    /** Ends a freeze of the log; without it nobody can. */
    operator: z.string().max(256).optional(),
  }),
  /** The C2SP tlog-policy of the log; without it the Worker alone is the witness. */
  policy: z.string().max(8192).optional(),
});
export type Estate = z.infer<typeof estate>;

/** The whole public state. `n` numbers the versions of it; `atUs` is the edge's wall time. */
export const liveSnapshot = z.strictObject({ n: count, atUs: stampUs, ...sections });
export type LiveSnapshot = z.infer<typeof liveSnapshot>;

/** The sections that changed between version n − 1 and n, whole. A reader that misses one fetches the snapshot again. */
export const liveDelta = z.strictObject({
  n: count,
  atUs: stampUs,
  changed: z.strictObject(sections).partial(),
});
export type LiveDelta = z.infer<typeof liveDelta>;
