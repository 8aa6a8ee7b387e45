import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigFailure } from "@believe/host/config";
import { FIRST_TIP, resumeState } from "@believe/shared/engine";
import { limits } from "@believe/shared/risk";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type BrokerConfig, readBrokerConfig } from "./config.ts";
import { resumeStateOf } from "./opening-records.ts";

const BASE = `state = "state"
brand = "believe"
origin = "log.example.com/j/broker"
account = { kind = "paper", name = "paper-1" }
clock = { kind = "receipt" }
worker = { url = "http://127.0.0.1:1" }
strategy = { name = "sma-cross" }
feed = { folder = "feed", symbol = "MESH4", name = "test", seeded = true, licensed = false }
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "risk-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(risk: string): BrokerConfig {
  writeFileSync(join(folder, "broker.toml"), BASE + risk);
  return readBrokerConfig(join(folder, "broker.toml"));
}

function problems(risk: string): readonly string[] {
  try {
    read(risk);
  } catch (failure) {
    if (failure instanceof ConfigFailure) return failure.problems;
    throw failure;
  }
  return [];
}

const EVENT = {
  name: "rate-decision",
  from: "2024-01-31T18:55:00Z",
  until: "2024-01-31T19:30:00Z",
};
const US = { name: "rate-decision", fromUs: 1_706_727_300_000_000, untilUs: 1_706_729_400_000_000 };

test("without a word on risk the engine begins with the default limits", () => {
  expect(resumeStateOf(read(""), FIRST_TIP).limits).toEqual(limits.parse({}));
});

test("a preset, limits on top of it and dated events reach the engine, and survive the capture", () => {
  writeFileSync(
    join(folder, "dates.toml"),
    `[[blackout]]\nname = "${EVENT.name}"\nfrom = "${EVENT.from}"\nuntil = "${EVENT.until}"\n`,
  );
  const config = read(
    '[risk]\npreset = "funded-50k-intraday"\nblackouts = "dates.toml"\n[risk.limits]\nflatMinutes = 15\n',
  );
  const state = resumeStateOf(config, FIRST_TIP);
  expect(state.limits).toEqual(
    limits.parse({
      positionLotsMax: 5,
      dailyLossMinorMax: 100_000,
      drawdownMinorMax: 200_000,
      drawdownFrom: "intraday-peak",
      flatMinutes: 15,
      blackouts: [US],
    }),
  );
  expect(resumeState.parse(JSON.parse(JSON.stringify(state)))).toEqual(state);
});

test("dated events may be a list in JSON", () => {
  writeFileSync(join(folder, "dates.json"), JSON.stringify([EVENT]));
  expect(read('[risk]\nblackouts = "dates.json"\n').risk.limits.blackouts).toEqual([US]);
});

test("a bad entry of the list is named by its place and its key", () => {
  const file = join(folder, "dates.json");
  const { name, from } = EVENT;
  const entries = [
    EVENT,
    { ...EVENT, from: "31 January" },
    { name, from },
    { ...EVENT, until: from },
  ];
  writeFileSync(file, JSON.stringify(entries));
  expect(problems('[risk]\nblackouts = "dates.json"\n')).toEqual([
    `expected another value for 1.from in ${file}: expected a UTC ISO-8601 time like 2024-01-31T18:55:00Z`,
    `expected a value for 2.until in ${file}, was none`,
    `expected another value for 3.until in ${file}: expected a blackout that ends after it begins`,
  ]);
});

test("a file that is none, or not JSON, is one sentence", () => {
  const file = join(folder, "dates.json");
  const risk = '[risk]\nblackouts = "dates.json"\n';
  expect(problems(risk)).toEqual([`expected a readable file ${file}, was none`]);
  writeFileSync(file, "[secret");
  expect(problems(risk)).toEqual([`expected JSON in ${file}, was something else`]);
});

test("a limit that is none is refused with its key", () => {
  const file = join(folder, "broker.toml");
  expect(problems("[risk.limits]\nlots = 0\nspeed = 1\n")).toEqual([
    `expected another value for risk.limits.lots in ${file}: Too small: expected number to be >=1`,
    `expected no key risk.limits.speed in ${file}, was one`,
  ]);
});
