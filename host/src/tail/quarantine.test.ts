import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Quarantine } from "./quarantine.ts";

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "believe-quarantine-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const path = "/feed/ticks.csv";
const entries = (): unknown[] =>
  readFileSync(join(home, "ticks.csv.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));

it("keeps text as text and other bytes as base64, with place and reason", () => {
  const quarantine = new Quarantine({ folder: home });
  quarantine.add({ path, offset: 7, reason: "short-row", bytes: Buffer.from("a,b\r") });
  quarantine.add({ path, offset: 20, reason: "not-utf8", bytes: Buffer.from([0xff, 0x00]) });
  quarantine.flush();
  expect(entries()).toEqual([
    { path, offset: 7, reason: "short-row", text: "a,b\r" },
    { path, offset: 20, reason: "not-utf8", base64: "/wA=" },
  ]);
  expect(Object.fromEntries(quarantine.counts)).toEqual({ "short-row": 1, "not-utf8": 1 });
});

it("knows after a restart, and after a torn last entry, what it holds", () => {
  const first = new Quarantine({ folder: home });
  const bytes = Buffer.from([0xff]);
  first.add({ path, offset: 1, reason: "not-utf8", bytes });
  first.flush();
  appendFileSync(join(home, "ticks.csv.jsonl"), '{"path":"/feed');
  const second = new Quarantine({ folder: home });
  expect(second.has(path, 1, bytes)).toBe(true);
  expect(second.has(path, 2, bytes)).toBe(false);
  expect(second.has(path, 1, Buffer.from([0xfe]))).toBe(false);
  second.add({ path, offset: 1, reason: "not-utf8", bytes });
  second.add({ path, offset: 9, reason: "bad-seq", bytes: Buffer.from("q") });
  second.flush();
  const lines = readFileSync(join(home, "ticks.csv.jsonl"), "utf8").split("\n");
  expect(lines.map((line) => line.slice(0, 8))).toEqual(['{"path":', '{"path":', '{"path":', ""]);
});
