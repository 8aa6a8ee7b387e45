import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { every } from "@believe/host/every";
import { SignedClient } from "@believe/host/http";
import { loadOrCreateSeed, signerOf, verifyNode } from "@believe/host/keys";
import { type Log, makeLog } from "@believe/host/log";
import { type Bytes, timeUs } from "@believe/shared/base";
import type { ResearchStatus } from "@believe/shared/wire";
import { parseVkey, type Signer } from "@believe/shared/wire/log";
import type { ResearchConfig } from "./config.ts";
import { Door, type DoorOptions } from "./door/door.ts";
import { Replica } from "./door/replica.ts";
import { followOn } from "./follow/follow-on.ts";
import { FollowStore } from "./follow/follow-store.ts";
import { Follower } from "./follow/follower.ts";
import { type OpenedDay, OverdueDays, openDay, ReplicaRecord } from "./open/index.ts";
import { leaseUsOf, StatusReport } from "./status.ts";
import { Witness, WitnessStore } from "./witness/index.ts";

const OVERDUE_MS = 300_000;
/** Four leaves a second, as the broker agent sends them. */
const LEAF_PAUSE_MS = 250;

export interface ResearchAgent {
  readonly doorPort: number;
  stop(): Promise<void>;
}

/** Opens the door, follows the log, and reports itself until it is stopped. */
export async function openResearchAgent(config: ResearchConfig): Promise<ResearchAgent> {
  const log = makeLog("research");
  const startedAtUs = wallUs();
  mkdirSync(config.state, { recursive: true });
  const replica = replicaOf(config);
  await replica.open();
  const { client, statusSigner } = speakerOf(config);
  const witness: Witness = new Witness({
    origin: config.origin,
    vkeys: [config.keys.brokerJournal],
    operator: config.operator,
    verify: verifyNode,
    signer: signerFor(config, "witness"),
    store: new WitnessStore(join(config.state, "cosigned.json")),
    followedRoot: (size) => follower.rootAt(size),
    wallS: () => Math.floor(Date.now() / 1000),
    onAlarm: (detail) => void alarm(detail),
  });
  const follower = new Follower({
    client,
    origin: config.origin,
    vkey: config.keys.brokerJournal,
    store: new FollowStore(join(config.state, "followed.json")),
    cosigned: () => witness.state,
    isVoid: (root) => witness.state.voids.some((one) => one.root === root),
  });
  const door = doorOf(config, { replica, witness, checkpoint: () => follower.state.note });
  const doorPort = await door.open();
  log.info("door.opened", { host: config.door.host, port: doorPort });

  const report = new StatusReport({ client, signer: statusSigner, firstN: Date.now() });
  const leaseUs = leaseUsOf(config.statusMs);
  const say = async (): Promise<void> => {
    const said = { atUs: wallUs(), leaseUs, log: seenBy(follower, witness) };
    await report.send({ ...said, replica: replica.counts, startedAtUs });
  };
  // The public learns it now, not with the next status.
  const alarm = async (detail: string): Promise<void> => {
    log.error("log.inconsistent", detail);
    await say();
  };
  const ending = new AbortController();
  const openOverdue = overdueOf(config, { client, log, signal: ending.signal });
  const stops = [
    followOn(follower, { longestMs: config.followMs, wallUs, onAlarm: alarm }),
    every(config.statusMs, say),
  ];
  if (config.openOverdue) stops.push(every(OVERDUE_MS, openOverdue));
  return {
    doorPort,
    stop: async () => {
      ending.abort();
      for (const stop of stops) await stop();
      await say();
      await door.close();
      log.info("research.stopped", { size: follower.state.size });
    },
  };
}

/** What is said of the log: one that both who follows it and who cosigns it find consistent. */
function seenBy({ state }: Follower, witness: Witness): ResearchStatus["log"] {
  const { size, root, checkedAtUs } = state;
  const consistent = state.consistent && witness.state.frozen === null;
  return { size, root, consistent, checkedAtUs };
}

function doorOf(
  { door, keys }: ResearchConfig,
  own: Pick<DoorOptions, "replica" | "witness" | "checkpoint">,
): Door {
  return new Door({
    ...door,
    ...own,
    keyOf: keyRing([keys.brokerRequest]),
    wallS: () => Math.floor(Date.now() / 1000),
  });
}

/** Looks for a day that the broker agent should have opened long ago, and opens it. */
function overdueOf(
  config: ResearchConfig,
  own: { readonly client: SignedClient; readonly log: Log; readonly signal: AbortSignal },
): () => Promise<void> {
  const { client, log, signal } = own;
  const open = (): Promise<ReplicaRecord> => ReplicaRecord.open(config);
  const overdue = new OverdueDays({ client, pauseMs: LEAF_PAUSE_MS, signal, open });
  return async () => {
    const day = await overdue.look(timeUs(wallUs())).catch((failure: unknown) => {
      log.warn("overdue.not-opened", { why: String(failure) });
      return null;
    });
    if (day !== null) log.warn("overdue.opened", { ...day });
  };
}

/** Opens one trade date from the replica, as `believe-research open` is asked to. */
export async function openDayNow(config: ResearchConfig, day: string): Promise<OpenedDay> {
  const record = await ReplicaRecord.open(config);
  const { client } = speakerOf(config);
  return await openDay(day, { record, client, nowUs: timeUs(wallUs()), pauseMs: LEAF_PAUSE_MS });
}

/** The broker's captures and the parts of its journal and leaves. */
export function replicaOf({ state, origin, keys }: ResearchConfig): Replica {
  return new Replica(join(state, "replica"), { origin, vkeys: [keys.brokerRequest] });
}

function wallUs(): number {
  return Date.now() * 1000;
}

/** What signs this agent's requests and its status. */
function speakerOf(config: ResearchConfig): {
  readonly client: SignedClient;
  readonly statusSigner: Signer;
} {
  const { name, sign } = signerFor(config, "request");
  const client = new SignedClient({ baseUrl: config.worker.url, keyId: name, sign });
  return { client, statusSigner: signerFor(config, "status") };
}

function signerFor({ origin, state }: ResearchConfig, purpose: string): Signer {
  const seed = loadOrCreateSeed(join(state, "keys", `${purpose}.seed`));
  return signerOf(`${origin}/research/${purpose}`, seed);
}

function keyRing(vkeys: readonly string[]): (keyId: string) => Bytes | null {
  const keys = vkeys.map((vkey) => parseVkey(vkey));
  const ring = new Map(keys.map(({ name, publicKey }) => [name, publicKey]));
  return (keyId) => ring.get(keyId) ?? null;
}
