import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newSeed, nodeSha256, signerOf, verifyNode } from "@believe/host/keys";
import { Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import { type Bytes, base64, timeUs } from "@believe/shared/base";
import {
  checkpointText,
  cosign,
  openUnfreeze,
  operatorName,
  signNote,
  vkeyOf,
} from "@believe/shared/wire/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BrokerConfig, readBrokerConfig } from "../config.ts";
import { keysOf } from "../keys/key-folder.ts";
import { type UnfreezeOptions, unfreezeCommand } from "./unfreeze-command.ts";

const ORIGIN = "log.example/j/broker";
const MINUTE_US = 60_000_000;
const seed = newSeed();
const operator = signerOf(operatorName(ORIGIN), seed);
const by = { origin: ORIGIN, operator: vkeyOf(operator.name, operator.publicKey) };

let home: string;
let config: BrokerConfig;
let server: Server;
let frozen: string | null;
let posts: [string, string][];
let forks: { size: number; cosigned: string | null; other: string; unfrozen: string | null }[];
let stands: { size: number; root: Bytes };
let answer: number;
let said: string[];

/** A record of three leaves on the disk, and a Worker on which the same key also signed another root. */
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "believe-unfreeze-"));
  [posts, said, frozen, answer] = [[], [], "two checkpoints of size 3", 200];
  server = createServer((request, response) => {
    const path = request.url ?? "";
    if (request.method === "POST") {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString("utf8");
      });
      request.on("end", () => {
        posts.push([path, body]);
        response.writeHead(path.startsWith("/door") ? 200 : answer).end("because");
      });
      return;
    }
    const known: Record<string, unknown> = {
      "/log/broker/state": stateOf(),
      "/log/broker/forks": { v: 1, origin: ORIGIN, forks },
    };
    const found = known[path];
    response.writeHead(found === undefined ? 404 : 200).end(JSON.stringify(found));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  config = configOf(url);
  writeFileSync(join(home, "operator.seed"), seed, { mode: 0o600 });
  stands = written();
  const { journal } = keysOf(config);
  const witness = signerOf("log.example/witness", newSeed());
  const text = checkpointText({ origin: ORIGIN, ...stands });
  const lines = await cosign(text, witness, 1_700_000_000);
  const other = checkpointText({ origin: ORIGIN, size: 3, root: new Uint8Array(32).fill(9) });
  const cosigned = (await signNote(text, journal)) + lines;
  forks = [{ size: 3, cosigned, other: await signNote(other, journal), unfrozen: null }];
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  rmSync(home, { recursive: true, force: true });
});

function configOf(url: string): BrokerConfig {
  const file = join(home, "broker.toml");
  const text = [
    `state = "${join(home, "broker")}"`,
    'brand = "example"',
    `origin = "${ORIGIN}"`,
    'account = { kind = "paper", name = "paper-1" }',
    'feed = { folder = "feed", symbol = "MESH4", name = "x", seeded = true, licensed = false }',
    'clock = { kind = "receipt" }',
    `worker = { url = "${url}" }`,
    `door = { url = "${url}" }`,
    'strategy = { name = "sma-cross" }',
  ];
  writeFileSync(file, text.join("\n"));
  return readBrokerConfig(file);
}

function stateOf() {
  const { size, root } = stands;
  const shown = { size, root: base64(root), minute: null, records: 0, openedLeaves: 0, frozen };
  return { origin: ORIGIN, witness: "w", ...shown };
}

function written(): { size: number; root: Bytes } {
  const wal = Wal.open({ folder: join(config.state, "journal"), wallUs: () => timeUs(1) });
  const folder = join(config.state, "log");
  const spool = Spool.open({ folder, origin: ORIGIN, sha256: nodeSha256, wal });
  for (let minute = 0; minute < 4; minute++) spool.advance(timeUs(minute * MINUTE_US));
  const { size } = spool;
  const root = spool.root();
  spool.close();
  wal.close();
  return { size, root };
}

const unfreeze = (changes: Partial<UnfreezeOptions> = {}): Promise<boolean> =>
  unfreezeCommand({
    config,
    keyFile: join(home, "operator.seed"),
    reason: "a copy of the disk ran beside it",
    yes: null,
    say: (line) => said.push(line),
    ask: async () => base64(stands.root).slice(0, 8),
    ...changes,
  });

describe("believe-broker unfreeze", () => {
  it("shows both histories and who cosigned, asks, and sends one note to the Worker and the door", async () => {
    expect(await unfreeze()).toBe(true);
    expect(said.join("\n")).toContain(base64(stands.root));
    expect(said.join("\n")).toContain(base64(new Uint8Array(32).fill(9)));
    expect(said.join("\n")).toContain("by log.example/witness");
    expect(said.slice(-2)).toEqual(["the Worker goes on", "the research agent goes on"]);
    const [first, second] = posts;
    expect(posts.map(([path]) => path)).toEqual(Array(2).fill("/log/broker/unfreeze"));
    expect(second?.[1]).toBe(first?.[1]);
    expect(await openUnfreeze(first?.[1] ?? "", by, verifyNode)).toEqual({
      origin: ORIGIN,
      ...stands,
      otherRoot: new Uint8Array(32).fill(9),
      reason: "a copy of the disk ran beside it",
    });
  });

  it("takes the beginning of the root from the command line, and says who refused", async () => {
    answer = 403;
    const never = async () => Promise.reject(new Error("expected no question"));
    expect(await unfreeze({ yes: base64(stands.root).slice(0, 10), ask: never })).toBe(false);
    expect(said).toContain("the Worker refused it with 403 because");
  });

  it.each([
    ["another root", () => base64(new Uint8Array(32).fill(9)).slice(0, 8)],
    ["too few characters", () => base64(stands.root).slice(0, 7)],
    ["nothing", () => ""],
  ])("signs nothing for %s", async (_, typed) => {
    await expect(unfreeze({ ask: async () => typed() })).rejects.toMatchObject({
      code: "not-ours",
    });
    expect(posts).toEqual([]);
  });

  it.each([
    ["another root at that size", () => ({ size: 3, root: new Uint8Array(32).fill(9) })],
    ["fewer leaves", () => ({ size: 4, root: stands.root })],
  ])("is refused while this disk has %s, whatever was typed", async (_, other) => {
    stands = other();
    await expect(unfreeze()).rejects.toMatchObject({ code: "not-ours" });
    expect(posts).toEqual([]);
  });

  it("has nothing to end where the log is not frozen or nobody says why", async () => {
    frozen = null;
    await expect(unfreeze()).rejects.toThrow(/froze/);
    frozen = "two roots";
    forks = forks.map((fork) => ({ ...fork, unfrozen: "done" }));
    await expect(unfreeze()).rejects.toThrow(/two checkpoints/);
    expect(posts).toEqual([]);
  });

  it("refuses a reason of two lines with one sentence", async () => {
    await expect(unfreeze({ reason: "a\nb" })).rejects.toMatchObject({ code: "bad-arguments" });
  });

  it("reads the disk beside an agent that runs on it", async () => {
    const wal = Wal.open({ folder: join(config.state, "journal"), wallUs: () => timeUs(1) });
    expect(await unfreeze()).toBe(true);
    wal.close();
  });
});
