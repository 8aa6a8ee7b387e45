import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signerOf, verifyNode } from "@believe/host/keys";
import { Wal } from "@believe/host/wal";
import { timeUs } from "@believe/shared/base";
import type { JournalRecord } from "@believe/shared/wire";
import { keyChain, signKeyChange, vkeyOf } from "@believe/shared/wire/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BrokerAgent } from "../agent.ts";
import { type BrokerConfig, readBrokerConfig } from "../config.ts";
import { type EdgeState, FakeEdge } from "./fake-edge.fixture.ts";
import { type RotationStep, rotateJournalKey } from "./journal-rotation.ts";
import { journaledKey } from "./journaled-key.ts";
import { keysOf, retired, seedFile } from "./key-folder.ts";

const ORIGIN = "log.example/j/broker";
const STEPS: readonly RotationStep[] = [
  "seed",
  "journaled",
  "sealed",
  "pushed",
  "noted",
  "taken",
  "placed",
];
const warned: string[] = [];
const log = { warn: (event: string) => void warned.push(event) };
const wallUs = () => timeUs(Date.now() * 1_000);

let home: string;
let config: BrokerConfig;
let edge: FakeEdge;
let door: FakeEdge;
let genesisKey: string;

const keyOf = (of: BrokerConfig): string => {
  const { name, publicKey } = keysOf(of).journal;
  return vkeyOf(name, publicKey);
};

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "believe-rotation-"));
  mkdirSync(join(home, "feed"));
  config = configOf("http://127.0.0.1:9", "http://127.0.0.1:9");
  genesisKey = keyOf(config);
  edge = new FakeEdge(ORIGIN, genesisKey);
  door = new FakeEdge(ORIGIN, genesisKey, edge);
  await edge.listen();
  await door.listen();
  config = configOf(edge.url, door.url);
  await lived();
});
afterEach(async () => {
  await edge.close();
  await door.close();
  rmSync(home, { recursive: true, force: true });
});

function configOf(worker: string, research: string): BrokerConfig {
  const file = join(home, "broker.toml");
  const text = [
    `state = "${join(home, "broker")}"`,
    'brand = "example"',
    `origin = "${ORIGIN}"`,
    'account = { kind = "paper", name = "paper-1" }',
    `feed = { folder = "${join(home, "feed")}", symbol = "MESH4", name = "x", seeded = true, licensed = false }`,
    'clock = { kind = "receipt" }',
    `worker = { url = "${worker}" }`,
    `door = { url = "${research}" }`,
    'strategy = { name = "sma-cross" }',
    "drainMs = 5000",
  ];
  writeFileSync(file, text.join("\n"));
  return readBrokerConfig(file);
}

/** One life of the real agent: it starts, stops, and everything leaves. */
async function lived(): Promise<void> {
  const agent = await BrokerAgent.open(config);
  await agent.start();
  await agent.stop("asked");
}

function records(): JournalRecord[] {
  const wal = Wal.open({ folder: join(config.state, "journal"), wallUs });
  try {
    return [...wal.records()].map(({ record }) => record);
  } finally {
    wal.close();
  }
}

async function rotate(onStep: (step: RotationStep) => void = () => undefined): Promise<void> {
  await rotateJournalKey({ config, wallUs, log, onStep });
}

describe("a rotation of the journal key", { timeout: 60_000 }, () => {
  it("hands the log over at the last size of the old key, and the agent goes on under the new one", async () => {
    await rotate();
    const { size, changes, note } = edge.state;
    const now = keyOf(config);
    expect(now).not.toBe(genesisKey);
    expect(retired(config, "journal")).toEqual([genesisKey]);
    expect(await keyChain(changes, genesisKey, ORIGIN, verifyNode)).toEqual([
      { vkey: genesisKey, fromSize: 0, toSize: size },
      { vkey: now, fromSize: size, toSize: null },
    ]);
    expect(door.state).toMatchObject({ vkey: now, changes });
    expect(records().filter(({ stream }) => stream === "key")).toMatchObject([
      { body: { purpose: "journal", action: "retired", vkey: genesisKey, size } },
      { body: { purpose: "journal", action: "rotated", vkey: now, size } },
    ]);
    await lived();
    expect(edge.state.size).toBeGreaterThan(size);
    expect(edge.state.note).not.toBe(note);
    await rotate();
    expect(edge.state.changes.length).toBe(2);
    await lived();
    expect(edge.violations).toEqual([]);
  });

  it("killed between any two steps leaves the old key in force, or a note that the next start completes", async () => {
    const disks = new Map<RotationStep, { disk: string; edge: EdgeState; door: EdgeState }>();
    await rotate((step) => {
      const disk = join(home, `at-${step}`);
      cpSync(config.state, disk, { recursive: true });
      // The lock of a process that is gone holds nobody off.
      rmSync(join(disk, "journal", "lock.json"), { force: true });
      disks.set(step, { disk, edge: edge.state, door: door.state });
    });
    expect([...disks.keys()]).toEqual(STEPS);
    for (const again of ["start", "rotate"] as const) {
      for (const [step, held] of disks) {
        rmSync(config.state, { recursive: true });
        cpSync(held.disk, config.state, { recursive: true });
        edge.state = held.edge;
        door.state = held.door;
        edge.forget();
        const isNoted = STEPS.indexOf(step) >= STEPS.indexOf("noted");
        if (again === "rotate") await rotate();
        await lived();
        const now = keyOf(config);
        const where = `${again} after ${step}`;
        expect(edge.state.vkey, where).toBe(now);
        expect(now === genesisKey, where).toBe(again === "start" && !isNoted);
        expect(edge.state.changes.length, where).toBe(
          now === genesisKey ? 0 : step === "placed" && again === "rotate" ? 2 : 1,
        );
        expect(door.state.changes, where).toEqual(edge.state.changes);
        expect(journaledKey(records())?.vkey, where).toBe(now);
        expect(edge.violations, where).toEqual([]);
      }
    }
  });

  it("that the Worker could not take is taken at the next start, before any checkpoint", async () => {
    edge.fault = (path) => (path === "key-change" ? 503 : null);
    await expect(rotate()).rejects.toThrow(/503/);
    edge.fault = () => null;
    edge.asked.length = 0;
    await lived();
    const posts = edge.asked.filter((what) => what.startsWith("POST"));
    expect(posts[0]).toBe("POST key-change");
    expect(posts).toContain("POST add-checkpoint");
    expect(edge.state.vkey).toBe(keyOf(config));
    expect(keyOf(config)).not.toBe(genesisKey);
  });

  it.each([
    [
      "a Worker that knows no changes of keys",
      (path: string) => (path === "key-changes" ? 404 : null),
    ],
    ["a Worker that takes no leaf", (path: string) => (path === "add-checkpoint" ? 500 : null)],
  ])("is not begun with %s: the old key stays in force", async (_, fault) => {
    edge.fault = fault;
    await expect(rotateJournalKey({ config, wallUs, log, drainMs: 300 })).rejects.toMatchObject({
      code: "not-held",
    });
    edge.fault = () => null;
    expect(keyOf(config)).toBe(genesisKey);
    expect(existsSync(join(config.state, "log", "key-changes.jsonl"))).toBe(false);
    await lived();
    expect(edge.violations).toEqual([]);
  });

  it("is refused while the agent runs", async () => {
    const agent = await BrokerAgent.open(config);
    await agent.start();
    await expect(rotate()).rejects.toMatchObject({ code: "locked" });
    await agent.stop("asked");
    expect(keyOf(config)).toBe(genesisKey);
  });
});

describe("an agent that is started", { timeout: 60_000 }, () => {
  it("from a disk that went back behind a change of its key says so, whatever strangers' notes say", async () => {
    cpSync(config.state, join(home, "copy"), { recursive: true });
    const before = edge.state;
    await rotate();
    rmSync(config.state, { recursive: true });
    cpSync(join(home, "copy"), config.state, { recursive: true });
    edge.asked.length = 0;
    await expect(BrokerAgent.open(config)).rejects.toMatchObject({ code: "key-differs" });
    expect(edge.asked.filter((what) => what.startsWith("POST"))).toEqual([]);
    const [one, two] = [7, 8].map((fill) => signerOf(ORIGIN, new Uint8Array(32).fill(fill)));
    if (one === undefined || two === undefined) throw new Error("expected keys");
    const at = { origin: ORIGIN, size: 1, root: new Uint8Array(32) };
    edge.state = { ...before, changes: [await signKeyChange(at, one, two)] };
    await lived();
  });

  it("without its journal key makes no other one", async () => {
    const file = seedFile(config, "journal");
    rmSync(file);
    await expect(BrokerAgent.open(config)).rejects.toMatchObject({ code: "key-missing" });
    expect(existsSync(file)).toBe(false);
  });

  it("with another journal key than the last of its chain says so and signs nothing", async () => {
    const file = seedFile(config, "journal");
    const seed = readFileSync(file);
    await rotate();
    for (const other of [seed, Buffer.alloc(32, 7)]) {
      writeFileSync(file, other);
      edge.asked.length = 0;
      await expect(BrokerAgent.open(config)).rejects.toMatchObject({ code: "key-differs" });
      expect(edge.asked.filter((what) => what.startsWith("POST"))).toEqual([]);
    }
  });
});
