import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Follower, FollowStore } from "@believe/agent-research/follow";
import { SignedClient } from "@believe/host/http";
import { loadOrCreateSeed, newSeed, signerOf } from "@believe/host/keys";
import { base64 } from "@believe/shared/base";
import type { Estate } from "@believe/shared/wire";
import { vkeyOf } from "@believe/shared/wire/log";
import { stringify } from "smol-toml";
import { type RunningWorker, startWorker } from "../../../scripts/start/worker.ts";
import { type PlayingFeed, playFeed } from "./playing-feed.ts";

const ORIGIN = "log.example/j/broker";
/** Tape seconds a second: while the agent is down for a moment, minutes of the market pass. */
const SPEED = 300;
const ACCOUNT = { kind: "paper", name: "paper-1" } as const;

/** Everything around the agent that is to be killed: a feed that plays on, the real Worker, a stranger who follows. */
export interface Stage {
  readonly worker: RunningWorker;
  readonly configFile: string;
  readonly feed: PlayingFeed;
  readonly follower: Follower;
}

export async function setStage(folder: string, tapeMinutes: number): Promise<Stage> {
  const estate = estateOf(join(folder, "broker"));
  const worker = await startWorker({
    port: 0,
    persist: join(folder, "worker"),
    witnessSeed: base64(newSeed()),
    estate: JSON.stringify(estate),
  });
  const feedFolder = join(folder, "feed");
  mkdirSync(feedFolder);
  const feed = playFeed(feedFolder, tapeMinutes, SPEED);
  const configFile = join(folder, "broker.toml");
  const clock = {
    kind: "tape",
    tapeStartUs: feed.startUs,
    wallStartUs: Math.floor(feed.startWallUs),
    speed: SPEED,
    seed: "kill",
  };
  writeFileSync(configFile, stringify({ ...configOf(folder, worker.url), clock }));
  const stranger = signerOf("stranger.example", newSeed());
  const client = new SignedClient({
    baseUrl: worker.url,
    keyId: stranger.name,
    sign: stranger.sign,
  });
  const store = new FollowStore(join(folder, "followed.json"));
  const follower = new Follower({ client, origin: ORIGIN, vkey: estate.keys.journal, store });
  return { worker, configFile, feed, follower };
}

function estateOf(broker: string): Estate {
  const vkey = (purpose: string, name: string): string => {
    const seed = loadOrCreateSeed(join(broker, "keys", `${purpose}.seed`));
    return vkeyOf(name, signerOf(name, seed).publicKey);
  };
  const research = signerOf(`${ORIGIN}/research/status`, newSeed());
  const other = vkeyOf(research.name, research.publicKey);
  return {
    brand: "example",
    site: "example.test",
    dashboard: "log.example",
    origin: ORIGIN,
    account: ACCOUNT,
    keys: {
      journal: vkey("journal", ORIGIN),
      brokerStatus: vkey("status", `${ORIGIN}/status`),
      brokerRequest: vkey("request", `${ORIGIN}/request`),
      researchStatus: other,
      researchRequest: other,
    },
  };
}

function configOf(folder: string, workerUrl: string) {
  return {
    state: join(folder, "broker"),
    brand: "example",
    origin: ORIGIN,
    account: ACCOUNT,
    feed: {
      folder: join(folder, "feed"),
      symbol: "MESH4",
      name: "seeded",
      seeded: true,
      licensed: false,
    },
    worker: { url: workerUrl },
    push: { statusMs: 500, pendingMs: 100 },
    strategy: { name: "sma-cross" },
  };
}
