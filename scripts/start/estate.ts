import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "@believe/host/config";
import { loadOrCreateSeed, signerOf } from "@believe/host/keys";
import { accountKind, type Estate, identifier } from "@believe/shared/wire";
import { vkeyOf } from "@believe/shared/wire/log";
import { z } from "zod";
import { StartFailure } from "./failure.ts";

const estateFile = z.strictObject({
  brand: z.string().min(1).max(64),
  site: z.hostname(),
  dashboard: z.hostname(),
  origin: z.string().regex(/^[a-z0-9.-]+(\/[a-z0-9.-]+)+$/),
  account: z.strictObject({ kind: accountKind, name: identifier }),
  strategy: z.strictObject({ name: identifier }),
});
export type EstateFile = z.infer<typeof estateFile>;

const genesisFile = z.strictObject({
  names: estateFile,
  tape: z.strictObject({ name: z.string(), symbol: z.string(), startUs: z.int() }),
});
export type Tape = z.infer<typeof genesisFile>["tape"];

/** Everything of an estate that is decided once: its names, its keys, and the tape that it plays. */
export interface Genesis {
  readonly names: EstateFile;
  readonly estate: Estate;
}

/** Reads estate.toml, or the sample where there is none. */
export function readEstateFile(): EstateFile {
  return readConfig(existsSync("estate.toml") ? "estate.toml" : "estate.sample.toml", estateFile);
}

/**
 * Makes the estate's keys and writes its genesis at the first start; later starts must agree with it,
 * since the names are part of every signature and a journal speaks of one tape.
 */
export function openGenesis(state: string, names: EstateFile, tape: Tape): Genesis {
  mkdirSync(state, { recursive: true });
  const file = join(state, "genesis.json");
  const now = { names, tape };
  if (existsSync(file)) expectSame(file, now);
  const estate = publicEstate(state, names);
  loadOrCreateSeed(join(state, "worker-witness.seed"));
  writeWhole(join(state, "estate.json"), JSON.stringify(estate));
  if (!existsSync(file)) writeWhole(file, `${JSON.stringify(now, null, 2)}\n`);
  return { names, estate };
}

function expectSame(file: string, now: z.infer<typeof genesisFile>): void {
  let held: z.infer<typeof genesisFile>;
  try {
    held = genesisFile.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new StartFailure(
      "corrupt-state",
      `expected the estate's genesis in ${file}, was something else (--reset clears the state)`,
      { cause },
    );
  }
  for (const key of ["names", "tape"] as const) {
    const [was, is] = [JSON.stringify(held[key]), JSON.stringify(now[key])];
    if (was !== is) {
      throw new StartFailure(
        "state-differs",
        `expected the ${key} of this state folder, ${was}, was asked for ${is} (--reset or another --state)`,
      );
    }
  }
}

function publicEstate(state: string, names: EstateFile): Estate {
  const key = (agent: string, purpose: string, name: string): string => {
    const seed = loadOrCreateSeed(join(state, agent, "keys", `${purpose}.seed`));
    return vkeyOf(name, signerOf(name, seed).publicKey);
  };
  const { origin } = names;
  return {
    brand: names.brand,
    site: names.site,
    dashboard: names.dashboard,
    origin,
    account: names.account,
    keys: {
      journal: key("broker", "journal", origin),
      brokerStatus: key("broker", "status", `${origin}/status`),
      brokerRequest: key("broker", "request", `${origin}/request`),
      researchStatus: key("research", "status", `${origin}/research/status`),
      researchRequest: key("research", "request", `${origin}/research/request`),
    },
  };
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}
