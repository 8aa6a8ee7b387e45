import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RiskSettings } from "@believe/shared/risk";
import { stringify } from "smol-toml";
import type { StartArguments } from "./arguments.ts";
import type { Genesis, Tape } from "./estate.ts";

export interface AgentPlaces {
  readonly workerUrl: string;
  readonly doorUrl: string;
  readonly feedFolder: string;
}

/** Where the tape stands against the wall clock: it is at `tapeStartUs` at the wall's `wallStartUs`. */
export interface TapeTime {
  readonly tapeStartUs: number;
  readonly wallStartUs: number;
}

/** Writes the broker agent's configuration file and returns its path. */
export function writeBrokerConfig(
  options: StartArguments,
  genesis: Genesis,
  tape: Tape & { readonly seeded: boolean },
  places: AgentPlaces & { readonly time: TapeTime },
): string {
  const { names } = genesis;
  const file = join(options.state, "broker.toml");
  const config = {
    state: join(options.state, "broker"),
    brand: names.brand,
    origin: names.origin,
    account: names.account,
    feed: {
      folder: places.feedFolder,
      symbol: tape.symbol,
      name: tape.name,
      seeded: tape.seeded,
      licensed: !tape.seeded,
    },
    ...(options.venue === "sierra"
      ? { trade: { provider: options.venue, folder: places.feedFolder } }
      : {}),
    clock: { kind: "tape", ...places.time, speed: options.speed, seed: options.seed },
    worker: { url: places.workerUrl, witness: genesis.witnesses.worker },
    witnesses: [
      { url: `${places.doorUrl}/log/broker`, vkey: genesis.witnesses.research },
      ...genesis.witnesses.outside.map(({ url, vkey }) => ({ url, vkey })),
    ],
    door: { url: places.doorUrl },
    push: { statusMs: 1_000, pendingMs: 250 },
    strategy: names.strategy,
    ...(genesis.risk === null ? {} : { risk: placed(genesis.risk) }),
  };
  writeFileSync(file, stringify(config));
  return file;
}

/** The estate's file names the dated events from where it lies itself. */
function placed({ blackouts, ...risk }: RiskSettings): RiskSettings {
  return blackouts === undefined ? risk : { ...risk, blackouts: resolve(blackouts) };
}

/** Writes the research agent's configuration file and returns its path. Door port 0 takes a free one. */
export function writeResearchConfig(
  options: StartArguments,
  genesis: Genesis,
  places: { readonly workerUrl: string; readonly doorPort: number },
): string {
  const file = join(options.state, "research.toml");
  const { operator } = genesis.estate.keys;
  const config = {
    state: join(options.state, "research"),
    origin: genesis.names.origin,
    keys: {
      brokerJournal: genesis.estate.keys.journal,
      brokerRequest: genesis.estate.keys.brokerRequest,
    },
    policy: genesis.policy,
    ...(operator === undefined ? {} : { operator }),
    worker: { url: places.workerUrl },
    door: { host: "127.0.0.1", port: places.doorPort },
    followMs: 1_000,
    statusMs: 2_000,
  };
  writeFileSync(file, stringify(config));
  return file;
}
