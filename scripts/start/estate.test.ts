import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadOrCreateSeed, newSeed, signerOf } from "@believe/host/keys";
import { limits } from "@believe/shared/risk";
import { estate } from "@believe/shared/wire";
import { cosignersNeeded, parsePolicy, quorumReached, vkeyOf } from "@believe/shared/wire/log";
import { expect, test } from "vitest";
import { readBrokerConfig } from "../../agent-broker/src/config.ts";
import { writeBrokerConfig } from "./agents.ts";
import { startArguments } from "./arguments.ts";
import { type EstateFile, openGenesis } from "./estate.ts";

const NAMES: EstateFile = {
  brand: "believe",
  site: "example.com",
  dashboard: "log.example.com",
  origin: "log.example.com/j/broker",
  account: { kind: "paper", name: "paper-1" },
  strategy: { name: "sma-cross" },
};
const TAPE = { name: "none", symbol: "ESH4", startUs: 0 };
const newState = (): string => mkdtempSync(join(tmpdir(), "believe-genesis-"));
const outsider = (name: string) => {
  const key = `${name}.example/witness`;
  const vkey = vkeyOf(key, signerOf(key, newSeed()).publicKey, 4);
  return { name, vkey, url: `https://${name}.example/w` };
};

test("a genesis makes a policy of Worker and research, writes it and gives it to the estate", () => {
  const state = newState();
  const { policy, estate: made } = openGenesis(state, NAMES, TAPE);
  const parsed = parsePolicy(policy);
  expect(parsed.witnesses.map(({ name, key }) => [name, key.name])).toEqual([
    ["worker", "log.example.com/witness"],
    ["research", "log.example.com/j/broker/research/witness"],
  ]);
  expect(cosignersNeeded(parsed)).toBe(2);
  expect(parsed.logs.map(({ vkey }) => vkey)).toEqual([made.keys.journal]);
  expect(readFileSync(join(state, "keys", "policy.txt"), "utf8")).toBe(policy);
  const written = estate.parse(JSON.parse(readFileSync(join(state, "estate.json"), "utf8")));
  expect(written).toEqual(made);
  expect(openGenesis(state, NAMES, TAPE).policy, "the same keys at the next start").toBe(policy);
});

test("an outsider may come after genesis, and then any two of three are enough", () => {
  const state = newState();
  openGenesis(state, NAMES, TAPE);
  const witness = [outsider("them")];
  const { policy, witnesses } = openGenesis(state, { ...NAMES, witness }, TAPE);
  expect(witnesses.outside).toEqual(witness);
  const parsed = parsePolicy(policy);
  expect(quorumReached(parsed, new Set(["them", "worker"]))).toBe(true);
  expect(quorumReached(parsed, new Set(["them"]))).toBe(false);
});

test("the operator's key lies in a folder of its own, and the estate names it", () => {
  const state = newState();
  const { keys, origin } = openGenesis(state, NAMES, TAPE).estate;
  const seed = loadOrCreateSeed(join(state, "operator", "keys", "operator.seed"));
  expect(keys.operator).toBe(vkeyOf(`${origin}/operator`, signerOf("", seed).publicKey));
  for (const agent of ["broker", "research"]) {
    expect(readdirSync(join(state, agent, "keys"))).not.toContain("operator.seed");
  }
});

test("the estate keeps the journal's first key when the log has another one by now", () => {
  const state = newState();
  const first = openGenesis(state, NAMES, TAPE).estate.keys.journal;
  rmSync(join(state, "broker", "keys", "journal.seed"));
  const later = openGenesis(state, NAMES, TAPE);
  expect(later.estate.keys.journal).toBe(first);
  expect(later.policy).toContain(`log ${first}\n`);
  writeFileSync(join(state, "estate.json"), "{}");
  expect(() => openGenesis(state, NAMES, TAPE)).toThrow("expected the estate in");
});

test("an outsider's bad key or taken name is refused before anything is written", () => {
  const state = newState();
  const bad = { ...outsider("them"), vkey: "them+00000000+AAAA" };
  expect(() => openGenesis(state, { ...NAMES, witness: [bad] }, TAPE)).toThrow("a verifier key");
  const taken = { ...outsider("them"), name: "worker" };
  expect(() => openGenesis(state, { ...NAMES, witness: [taken] }, TAPE)).toThrow("a new name");
  expect(() => readFileSync(join(state, "estate.json"))).toThrow("ENOENT");
});

test("an estate's limits and guards reach the broker, and may change at any start", () => {
  const state = newState();
  const tape = { ...TAPE, seeded: true };
  const options = { ...startArguments([]), state };
  const written = (change: Pick<EstateFile, "risk">) => {
    const genesis = openGenesis(state, { ...NAMES, ...change }, TAPE);
    const time = { tapeStartUs: 0, wallStartUs: 0 };
    const places = {
      workerUrl: "http://127.0.0.1:1",
      doorUrl: "http://127.0.0.1:2",
      feedFolder: "f",
    };
    return readBrokerConfig(writeBrokerConfig(options, genesis, tape, { ...places, time })).risk
      .limits;
  };
  expect(written({})).toEqual(limits.parse({}));
  const file = join(state, "dates.json");
  const [from, until] = ["2024-01-31T18:55:00Z", "2024-01-31T19:30:00Z"];
  writeFileSync(file, JSON.stringify([{ name: "rate-decision", from, until }]));
  const asked = { preset: "funded-50k-intraday", limits: { lots: 2 }, blackouts: file } as const;
  expect(written({ risk: asked })).toMatchObject({
    lots: 2,
    drawdownMinorMax: 200_000,
    blackouts: [{ name: "rate-decision" }],
  });
});
