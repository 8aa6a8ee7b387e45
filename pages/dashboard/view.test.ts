import { strictVerifier, webCryptoVerifier } from "@believe/shared/base";
import { signDocument } from "@believe/shared/wire/log";
import { expect, test } from "vitest";
import { standingOf } from "./condition.ts";
import { fillRows } from "./fill-rows.ts";
import { openResult, stoppedResult } from "./position.ts";
import { Prover } from "./prover.ts";
import { railFacts } from "./rail-facts.ts";
import {
  SAMPLE_NOW_US,
  sampleEstate,
  sampleFigures,
  sampleFills,
  sampleSigners,
  sampleSnapshot,
  sampleWitnessing,
  tampered,
} from "./sample.ts";
import { UNCHECKED, viewOf } from "./view.ts";

const signers = await sampleSigners();
const { keys } = sampleEstate(signers);
const verify = strictVerifier(webCryptoVerifier(crypto.subtle));

test("a note that no schema knows gives no value at all", async () => {
  const snapshot = await sampleSnapshot(signers);
  const strange = await signDocument('{"v":1,"agent":"broker","lots":7}', signers.broker);
  for (const broker of ["", "{}", "{}\n\n\u2014 x y\n", strange]) {
    expect(viewOf({ ...snapshot, broker }, SAMPLE_NOW_US).broker).toEqual({ state: "unreadable" });
  }
});

test("true notes are checked, each changed one fails alone, and without Ed25519 none is claimed", async () => {
  const snapshot = await sampleSnapshot(signers);
  const bad = {
    ...snapshot,
    figures: tampered(snapshot.figures, '"net":"138.88"', '"net":"938.88"'),
  };
  const all = { broker: "checked", research: "checked", figures: "checked" };
  const prover = new Prover(keys, verify);
  expect(await prover.prove(snapshot)).toEqual(all);
  expect(await prover.prove(bad)).toEqual({ ...all, figures: "failed" });
  expect(await prover.prove(snapshot)).toEqual(all);
  expect(await new Prover(keys, null).prove(snapshot)).toEqual({
    broker: "unavailable",
    research: "unavailable",
    figures: "unavailable",
  });
});

test("a note signed by another key of the estate does not pass for the broker's", async () => {
  const snapshot = await sampleSnapshot({ ...signers, broker: signers.research });
  expect((await new Prover(keys, verify).prove(snapshot)).broker).toBe("failed");
});

test("what a failed document says is struck, and nothing is derived from it", async () => {
  const snapshot = await sampleSnapshot(signers);
  const view = viewOf(snapshot, SAMPLE_NOW_US, { proofs: { ...UNCHECKED, figures: "failed" } });
  expect(standingOf(view, "figures")).toBe("struck");
  expect(standingOf(view, "broker")).toBe("now");
  expect(view.fills.every((fill) => fill.tradeNet === null)).toBe(true);
});

test("a broken lease dates the values of the broker and leaves the research agent's", async () => {
  const view = viewOf(await sampleSnapshot(signers), SAMPLE_NOW_US + 31_000_000);
  expect(standingOf(view, "broker")).toBe("dated");
  expect(standingOf(view, "figures")).toBe("dated");
  expect(standingOf(view, "research")).toBe("now");
});

test("a closing fill carries the net of its trade, an entry none", () => {
  const rows = fillRows(sampleFills(), sampleFigures().equity);
  expect(rows.map((row) => row.tradeNet)).toEqual([
    null,
    "37.52",
    null,
    "-17.49",
    null,
    "85.02",
    null,
    "60.02",
  ]);
});

test("open and stopped results agree with the contract's tick value and fees", () => {
  const line = {
    symbol: "MESH4",
    lots: 2,
    averagePrice: "4801.50",
    stop: "4797.50",
    last: "4803.25",
  };
  expect([openResult(line), stoppedResult(line)]).toEqual(["17.50", "-42.48"]);
  expect(openResult({ ...line, lots: -2 })).toBe("-17.50");
  expect(openResult({ ...line, symbol: "XYZ" })).toBeNull();
  expect(stoppedResult({ ...line, stop: null })).toBeNull();
});

test("the aggregate is sealed only when every entry under it is", async () => {
  const snapshot = await sampleSnapshot(signers);
  const log = { ...snapshot.log, opened: 18_262 };
  expect(viewOf(snapshot, SAMPLE_NOW_US).figuresMark).toBe("pending");
  const sealed = { ...snapshot, log, witnessing: sampleWitnessing({ size: 331 }) };
  expect(viewOf(sealed, SAMPLE_NOW_US).figuresMark).toBe("sealed");
  expect(viewOf({ ...sealed, witnessing: null }, SAMPLE_NOW_US).figuresMark).toBe("sealed");
  expect(viewOf({ ...snapshot, log }, SAMPLE_NOW_US).figuresMark).toBe("witnessed");
});

test("the rail's band ends with the newest leaf and what was lived since is pending", async () => {
  const facts = railFacts(viewOf(await sampleSnapshot(signers), SAMPLE_NOW_US));
  expect(facts.sealed).toEqual({
    fromUs: Date.parse("2024-01-09T14:19:00Z") * 1000,
    toUs: Date.parse("2024-01-09T19:51:00Z") * 1000,
  });
  expect(facts.pending?.toUs).toBe(facts.nowUs);
});
