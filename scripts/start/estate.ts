import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "@believe/host/config";
import { loadOrCreateSeed, signerOf } from "@believe/host/keys";
import { type RiskSettings, riskSettings } from "@believe/shared/risk";
import { accountKind, type Estate, estate as estateSchema, identifier } from "@believe/shared/wire";
import {
  ED25519_COSIGNATURE,
  formatPolicy,
  isKeyName,
  operatorName,
  parsePolicy,
  vkeyOf,
} from "@believe/shared/wire/log";
import { z } from "zod";
import { StartFailure } from "./failure.ts";
import { publicKeysText } from "./public-keys.ts";

const namesFile = z.strictObject({
  brand: z.string().min(1).max(64),
  site: z.hostname(),
  dashboard: z.hostname(),
  origin: z.string().regex(/^[a-z0-9.-]+(\/[a-z0-9.-]+)+$/),
  account: z.strictObject({ kind: accountKind, name: identifier }),
  strategy: z.strictObject({ name: identifier }),
});
type EstateNames = z.infer<typeof namesFile>;

/** A witness that the operator does not run. It may come later than genesis: no signature speaks of it. */
const outsideWitness = z.strictObject({
  /** Its name in the policy. */
  name: z.string().max(64).refine(isKeyName),
  /** C2SP verifier key, type 0x04, and submission prefix. */
  vkey: z.string().max(256),
  url: z.url(),
});
type OutsideWitness = z.infer<typeof outsideWitness>;

const estateFile = namesFile.extend({
  witness: z.array(outsideWitness).max(8).optional(),
  /** Limits and guards. They may change at any start: every capture says which ones held. */
  risk: riskSettings.optional(),
});
export type EstateFile = z.infer<typeof estateFile>;

const genesisFile = z.strictObject({
  names: namesFile,
  tape: z.strictObject({ name: z.string(), symbol: z.string(), startUs: z.int() }),
});
export type Tape = z.infer<typeof genesisFile>["tape"];

/** Everything of an estate that is decided once: its names, its keys, and the tape that it plays. */
export interface Genesis {
  readonly names: EstateNames;
  readonly risk: RiskSettings | null;
  readonly estate: Estate;
  /** Verifier keys of who witnesses the log. */
  readonly witnesses: {
    readonly worker: string;
    readonly research: string;
    readonly outside: readonly OutsideWitness[];
  };
  /** C2SP tlog-policy over them. */
  readonly policy: string;
}

/** Reads estate.toml, or the sample where there is none. */
export function readEstateFile(): EstateFile {
  return readConfig(existsSync("estate.toml") ? "estate.toml" : "estate.sample.toml", estateFile);
}

/**
 * Makes the estate's keys and writes its genesis at the first start; later starts must agree with it,
 * since the names are part of every signature and a journal speaks of one tape.
 */
export function openGenesis(state: string, asked: EstateFile, tape: Tape): Genesis {
  const { witness: outside = [], risk = null, ...names } = asked;
  mkdirSync(state, { recursive: true });
  const file = join(state, "genesis.json");
  const now = { names, tape };
  if (existsSync(file)) expectSame(file, now);
  const estate = publicEstate(state, names);
  const witnesses = { ...ownWitnesses(state, names), outside };
  const policy = policyOf(estate.keys.journal, witnesses);
  mkdirSync(join(state, "keys"), { recursive: true });
  writeWhole(join(state, "keys", "policy.txt"), policy);
  const publicKeys = publicKeysText({ names, estate, witnesses });
  writeWhole(join(state, "keys", "public.txt"), publicKeys);
  writeWhole(join(state, "estate.json"), JSON.stringify({ ...estate, policy }));
  if (!existsSync(file)) writeWhole(file, `${JSON.stringify(now, null, 2)}\n`);
  return { names, risk, estate: { ...estate, policy }, witnesses, policy };
}

/** Both of Worker and research host; with an outsider any two of three. */
function policyOf(log: string, { worker, research, outside }: Genesis["witnesses"]): string {
  const own = [
    { name: "worker", vkey: worker },
    { name: "research", vkey: research },
  ];
  const policy = formatPolicy({ log, witnesses: [...own, ...outside], threshold: own.length });
  parsePolicy(policy);
  return policy;
}

function ownWitnesses(
  state: string,
  { dashboard, origin }: EstateNames,
): { readonly worker: string; readonly research: string } {
  const vkey = (name: string, ...place: readonly string[]): string =>
    vkeyOf(
      name,
      signerOf(name, loadOrCreateSeed(join(state, ...place))).publicKey,
      ED25519_COSIGNATURE,
    );
  return {
    worker: vkey(`${dashboard}/witness`, "worker-witness.seed"),
    research: vkey(`${origin}/research/witness`, "research", "keys", "witness.seed"),
  };
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

function publicEstate(state: string, names: EstateNames): Estate {
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
      journal: firstJournalKey(state, origin) ?? key("broker", "journal", origin),
      brokerStatus: key("broker", "status", `${origin}/status`),
      brokerRequest: key("broker", "request", `${origin}/request`),
      researchStatus: key("research", "status", `${origin}/research/status`),
      researchRequest: key("research", "request", `${origin}/research/request`),
      // In a folder of its own: neither agent may hold what ends a freeze.
      operator: key("operator", "operator", operatorName(origin)),
    },
  };
}

/**
 * The key that the log began with, once an estate was written. A log may change its key since: everybody follows its
 * key changes from the first one on.
 */
function firstJournalKey(state: string, origin: string): string | null {
  const file = join(state, "estate.json");
  if (!existsSync(file)) return null;
  try {
    const held = estateSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    return held.origin === origin ? held.keys.journal : null;
  } catch (cause) {
    throw new StartFailure(
      "corrupt-state",
      `expected the estate in ${file}, was something else (--reset clears the state)`,
      { cause },
    );
  }
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}
