import { dirname, resolve } from "node:path";
import { readConfig } from "@believe/host/config";
import { type Limits, limitsOf, riskSettings } from "@believe/shared/risk";
import { accountKind, identifier, symbolName } from "@believe/shared/wire";
import { z } from "zod";
import { readBlackouts } from "./blackouts.ts";

const tapeClock = z.strictObject({
  kind: z.literal("tape"),
  /** The tape's time at the wall time `wallStartUs`, and how much faster than the wall it runs. */
  tapeStartUs: z.int().nonnegative(),
  wallStartUs: z.int().nonnegative(),
  speed: z.number().positive(),
  seed: z.string().min(1),
});
const receiptClock = z.strictObject({ kind: z.literal("receipt") });

const paperTrade = z.strictObject({ provider: z.literal("paper") });
const sierraTrade = z.strictObject({
  provider: z.literal("sierra"),
  /** Where `orders_RGW.csv` and `fills_RGW.csv` lie. */
  folder: z.string().min(1),
});

/** Without the dated events, whose file is read beside this one. */
const risk = riskSettings.transform(({ preset, limits, blackouts }) => ({
  limits: limitsOf(preset, limits),
  blackouts,
}));

const brokerConfig = z.strictObject({
  /** Folder of the journal, the captures, the spool and the keys. */
  state: z.string().min(1),
  brand: z.string().min(1),
  /** Origin of this agent's log, fixed at genesis. */
  origin: z.string().min(1),
  account: z.strictObject({ kind: accountKind, name: identifier }),
  feed: z.strictObject({
    folder: z.string().min(1),
    symbol: symbolName,
    name: z.string().min(1).max(128),
    seeded: z.boolean(),
    licensed: z.boolean(),
    pollMs: z.int().min(1).max(1_000).default(10),
    /** A row older than this, against the clock that runs, is no ground for a new entry. */
    staleAfterMs: z.int().min(100).max(5_000).default(5_000),
  }),
  clock: z.discriminatedUnion("kind", [tapeClock, receiptClock]),
  worker: z.strictObject({ url: z.url(), witness: z.string().min(1).optional() }),
  /** Witnesses beside the Worker, by C2SP submission prefix and verifier key (type 0x04). */
  witnesses: z
    .array(z.strictObject({ url: z.url(), vkey: z.string().min(1) }))
    .max(31)
    .default([]),
  /** The research agent's door. */
  door: z
    .strictObject({
      url: z.url(),
      /** Pause between two rounds in which journal and leaves are copied there. */
      partsMs: z.int().min(100).max(30_000).default(10_000),
    })
    .optional(),
  push: z
    .strictObject({
      statusMs: z.int().min(100).default(5_000),
      pendingMs: z.int().min(50).default(1_000),
      leavesPerSecond: z.number().positive().max(4).default(4),
    })
    .prefault({}),
  strategy: z.strictObject({ name: identifier }),
  /** Where orders go. */
  trade: z.discriminatedUnion("provider", [paperTrade, sierraTrade]).default({ provider: "paper" }),
  /** Limits and guards: a preset, single limits on top of it, and the file of dated events without entries. */
  risk: risk.prefault({}),
  /** The operator's console on this machine's loopback. */
  console: z
    .strictObject({
      /** 0 opens none. */
      port: z.int().min(0).max(65_535).default(8_377),
      /** Folder of the built page; by default this repository's. */
      page: z.string().min(1).optional(),
    })
    .prefault({}),
  /** With less room than this on the disk of the state folder no entry is taken, bytes. */
  disk: z.strictObject({ freeBytesMin: z.int().nonnegative().default(500_000_000) }).prefault({}),
  /** Longest time that a stop waits for one more leaf to leave; it goes on for as long as the queue gets shorter. */
  drainMs: z.int().min(0).default(30_000),
});
type ConfigFile = z.infer<typeof brokerConfig>;
/** With the dated events among the limits. */
export interface BrokerConfig extends Omit<ConfigFile, "risk"> {
  readonly risk: { readonly limits: Limits };
}
export type ClockConfig = BrokerConfig["clock"];

/** Reads the broker agent's TOML file; unknown keys and missing ones are one clear sentence. */
export function readBrokerConfig(file: string): BrokerConfig {
  const { risk, ...config } = readConfig(file, brokerConfig);
  const blackouts =
    risk.blackouts === undefined ? [] : readBlackouts(resolve(dirname(file), risk.blackouts));
  return { ...config, risk: { limits: { ...risk.limits, blackouts } } };
}
