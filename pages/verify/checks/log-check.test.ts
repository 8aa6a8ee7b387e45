import { type Bytes, base64, utf8 } from "@believe/shared/base";
import { keyPairFromSeed, signWithSeed } from "@believe/shared/base/nacl";
import {
  bundleOf,
  bundlesFor,
  checkpointText,
  HashTree,
  leafHash,
  leafText,
  operatorName,
  rootAt,
  type Signer,
  signKeyChange,
  signNote,
  signUnfreeze,
  tileOf,
  tilePath,
  tilesFor,
  vkeyOf,
} from "@believe/shared/wire/log";
import { beforeEach, describe, expect, test } from "vitest";
import type { Facts, FromWorker } from "../protocol.ts";
import { browserTools } from "./browser-tools.ts";
import { LogCheck } from "./log-check.ts";

const ORIGIN = "log.example.com/j/broker";
const SIZE = 6;
const CHANGED_AT = 4;

function signerOf(name: string, fill: number): Signer {
  const seed = new Uint8Array(32).fill(fill);
  const { publicKey } = keyPairFromSeed(seed);
  return { name, publicKey, sign: (message) => signWithSeed(seed, message) };
}

const old = signerOf(ORIGIN, 1);
const next = signerOf(ORIGIN, 2);
const stranger = signerOf(ORIGIN, 3);
const operator = signerOf(operatorName(ORIGIN), 4);
const vkey = ({ name, publicKey }: Signer): string => vkeyOf(name, publicKey);
const facts: Facts = {
  brand: "believe",
  url: "https://log.example.com",
  dashboard: "log.example.com",
  origin: ORIGIN,
  kind: "paper",
  account: "paper-1",
  key: vkey(old),
  operator: vkey(operator),
  witnesses: [],
  needed: 0,
};

let files: Map<string, Bytes>;
let tree: HashTree;
let state: Record<string, unknown>;

const put = (path: string, value: unknown): void =>
  void files.set(path, utf8(typeof value === "string" ? value : JSON.stringify(value)));
const root = (size: number): Bytes => rootAt(tree, size, browserTools.hash);

async function sign(by: Signer): Promise<void> {
  const text = checkpointText({ origin: ORIGIN, size: SIZE, root: root(SIZE) });
  put("checkpoint", await signNote(text, by));
}

/** Six leaves that nobody opened yet; the log changed its key at the fourth. */
beforeEach(async () => {
  files = new Map();
  tree = new HashTree();
  const entries = Array.from({ length: SIZE }, (_, index) => {
    const minute = `2024-01-09T14:2${index}Z`;
    const leaf = { origin: ORIGIN, index, minute, closed: "whole" as const };
    return utf8(leafText({ ...leaf, root: new Uint8Array(32).fill(index) }));
  });
  for (const entry of entries) tree.append(leafHash(entry));
  for (const { index, width } of bundlesFor(0, SIZE)) {
    files.set(tilePath("entries", index, width), bundleOf(entries));
  }
  for (const name of tilesFor(0, SIZE)) {
    files.set(tilePath(name.level, name.index, name.width), tileOf(name, tree.hashAt));
  }
  const shown = { size: SIZE, root: base64(root(SIZE)), minute: "2024-01-09T14:25Z" };
  state = { origin: ORIGIN, witness: "w", ...shown, records: 0, openedLeaves: 0, frozen: null };
  put("state", state);
  const at = { origin: ORIGIN, size: CHANGED_AT, root: root(CHANGED_AT) };
  put("key-changes", { v: 1, origin: ORIGIN, changes: [await signKeyChange(at, old, next)] });
  await sign(next);
});

async function check(pinned: string | null = null) {
  const told: FromWorker[] = [];
  await new LogCheck(
    { facts, seen: null, pinned },
    {
      source: { get: async (path) => files.get(path) ?? null },
      tools: browserTools,
      tell: (message) => told.push(message),
      nowMs: () => 0,
      wallUs: () => 1_704_900_000_000_000,
    },
  ).run();
  const findings = told.flatMap((one) => (one.tell === "finding" ? [one.finding] : []));
  const said = (name: string): string | undefined =>
    told.flatMap((one) => (one.tell === "step" && one.step.name === name ? [one.step] : [])).at(-1)
      ?.said;
  return { findings: findings.filter(({ code }) => code !== "missing"), said };
}

async function fork(by: Signer, unfrozenBy: Signer | null) {
  const text = (size: number, of: Bytes) => checkpointText({ origin: ORIGIN, size, root: of });
  const otherRoot = new Uint8Array(32).fill(9);
  const about = { origin: ORIGIN, size: 3, root: root(3), otherRoot, reason: "a disk was copied" };
  put("forks", {
    v: 1,
    origin: ORIGIN,
    forks: [
      {
        size: 3,
        cosigned: await signNote(text(3, root(3)), old),
        other: await signNote(text(3, otherRoot), by),
        unfrozen: unfrozenBy === null ? null : await signUnfreeze(about, unfrozenBy),
      },
    ],
  });
}

describe("the page follows the log's key", () => {
  test("from the one that the record began with to the one in force, and says where it changed", async () => {
    const { findings, said } = await check();
    expect(findings).toEqual([]);
    expect(said("signature")).toContain("key changed at 4");
    expect((await check(vkey(next))).findings).toEqual([]);
  });

  test("and finds a remembered key to which nothing leads", async () => {
    expect((await check(vkey(stranger))).findings).toMatchObject([{ code: "key" }]);
  });

  test("and refuses a checkpoint by the old key after the change", async () => {
    await sign(old);
    expect((await check()).findings).toMatchObject([{ code: "signature", place: "checkpoint" }]);
  });

  test("and refuses a change in another history", async () => {
    const at = { origin: ORIGIN, size: CHANGED_AT, root: root(3) };
    put("key-changes", { v: 1, origin: ORIGIN, changes: [await signKeyChange(at, old, next)] });
    expect((await check()).findings).toMatchObject([{ code: "key", place: "key-changes/0" }]);
  });
});

describe("the page shows forks", () => {
  test("none where none was seen", async () => {
    expect((await check()).said("forks")).toBe("no fork was seen");
  });

  test("one that the operator ended, with his reason and as no finding", async () => {
    await fork(old, operator);
    const { findings, said } = await check();
    expect(findings).toEqual([]);
    expect(said("forks")).toBe("1 fork; unfrozen at 3 leaves: a disk was copied");
  });

  test("a frozen log by both of its checkpoints", async () => {
    await fork(old, null);
    put("state", { ...state, frozen: "two checkpoints of size 3" });
    const [finding] = (await check()).findings;
    expect(finding).toMatchObject({ code: "fork", place: "state" });
    expect(finding?.said).toContain(base64(root(3)));
    expect(finding?.said).toContain(base64(new Uint8Array(32).fill(9)));
  });

  test("one that nobody, or a stranger, ended", async () => {
    for (const by of [null, { ...operator, sign: stranger.sign }]) {
      await fork(old, by);
      expect((await check()).findings).toMatchObject([{ code: "fork", place: "forks/0" }]);
    }
  });

  test("one that the log's key never signed", async () => {
    await fork(stranger, operator);
    expect((await check()).findings).toMatchObject([{ code: "fork", place: "forks/0" }]);
  });
});
