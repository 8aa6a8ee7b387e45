import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { every } from "@believe/host/every";
import { SignedClient } from "@believe/host/http";
import { loadOrCreateSeed, signerOf } from "@believe/host/keys";
import { makeLog } from "@believe/host/log";
import type { Bytes } from "@believe/shared/base";
import { parseVkey, type Signer } from "@believe/shared/wire/log";
import type { ResearchConfig } from "./config.ts";
import { Door } from "./door/door.ts";
import { Replica } from "./door/replica.ts";
import { FollowStore } from "./follow/follow-store.ts";
import { Follower } from "./follow/follower.ts";
import { StatusReport } from "./status.ts";

const LEASE_US = 15_000_000;

export interface ResearchAgent {
  readonly doorPort: number;
  stop(): Promise<void>;
}

/** Opens the door, follows the log, and reports itself until it is stopped. */
export async function openResearchAgent(config: ResearchConfig): Promise<ResearchAgent> {
  const log = makeLog("research");
  const startedAtUs = wallUs();
  mkdirSync(config.state, { recursive: true });
  const replica = new Replica(join(config.state, "replica"));
  await replica.open();
  const { client, statusSigner } = speakerOf(config);
  const follower = new Follower({
    client,
    origin: config.origin,
    vkey: config.keys.brokerJournal,
    store: new FollowStore(join(config.state, "followed.json")),
  });
  const door = new Door({
    ...config.door,
    replica,
    keyOf: keyRing([config.keys.brokerRequest]),
    checkpoint: () => follower.state.note,
    wallS: () => Math.floor(Date.now() / 1000),
  });
  const doorPort = await door.open();
  log.info("door.opened", { host: config.door.host, port: doorPort });

  const report = new StatusReport({ client, signer: statusSigner, firstN: Date.now() });
  const look = async (): Promise<void> => {
    const followed = await follower.look(wallUs());
    if (followed.kind === "inconsistent") log.error("log.inconsistent", followed.detail);
  };
  const say = async (): Promise<void> => {
    const { size, root, consistent, checkedAtUs } = follower.state;
    const seen = { size, root, consistent, checkedAtUs };
    const body = { atUs: wallUs(), leaseUs: LEASE_US, log: seen, replica: replica.counts };
    await report.send({ ...body, startedAtUs });
  };
  const stops = [every(config.followMs, look), every(config.statusMs, say)];
  return {
    doorPort,
    stop: async () => {
      for (const stop of stops) await stop();
      await look();
      await say();
      await door.close();
      log.info("research.stopped", { size: follower.state.size });
    },
  };
}

function wallUs(): number {
  return Date.now() * 1000;
}

/** What signs this agent's requests and its status. */
function speakerOf(config: ResearchConfig): {
  readonly client: SignedClient;
  readonly statusSigner: Signer;
} {
  const signer = (purpose: string): Signer =>
    signerOf(
      `${config.origin}/research/${purpose}`,
      loadOrCreateSeed(join(config.state, "keys", `${purpose}.seed`)),
    );
  const { name, sign } = signer("request");
  const client = new SignedClient({ baseUrl: config.worker.url, keyId: name, sign });
  return { client, statusSigner: signer("status") };
}

function keyRing(vkeys: readonly string[]): (keyId: string) => Bytes | null {
  const keys = vkeys.map((vkey) => parseVkey(vkey));
  const ring = new Map(keys.map(({ name, publicKey }) => [name, publicKey]));
  return (keyId) => ring.get(keyId) ?? null;
}
