import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wal } from "@believe/host/wal";
import { timeUs } from "@believe/shared/base";
import { consoleState, type JournalRecord } from "@believe/shared/wire";
import { vkeyOf } from "@believe/shared/wire/log";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BrokerAgent } from "./agent.ts";
import { type BrokerConfig, readBrokerConfig } from "./config.ts";
import { handCommand } from "./hand/hand-command.ts";
import { type HandValues, wishOf } from "./hand/hand-wish.ts";
import { FakeEdge } from "./keys/fake-edge.fixture.ts";
import { keysOf } from "./keys/key-folder.ts";
import { KillLatch, killFileOf } from "./latch/index.ts";

const ORIGIN = "log.example/j/broker";
const OPEN_US = Date.UTC(2024, 0, 9, 15) * 1000;
const wallUs = () => timeUs(Date.now() * 1_000);

let home: string;
let edge: FakeEdge;
let config: BrokerConfig;
let running: BrokerAgent | null;
let consolePort: number;

function configOf(worker: string): BrokerConfig {
  const file = join(home, "broker.toml");
  const text = [
    `state = "${join(home, "broker")}"`,
    'brand = "example"',
    `origin = "${ORIGIN}"`,
    'account = { kind = "paper", name = "paper-1" }',
    `feed = { folder = "${join(home, "feed")}", symbol = "MESH4", name = "x", seeded = true, licensed = false }`,
    `clock = { kind = "tape", tapeStartUs = ${OPEN_US}, wallStartUs = ${wallUs()}, speed = 1, seed = "x" }`,
    `worker = { url = "${worker}" }`,
    'strategy = { name = "sma-cross" }',
    "drainMs = 0",
    `console = { port = ${consolePort}, page = "${join(home, "page")}" }`,
  ];
  writeFileSync(file, text.join("\n"));
  return readBrokerConfig(file);
}

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "believe-agent-"));
  mkdirSync(join(home, "feed"));
  consolePort = 0;
  const { name, publicKey } = keysOf(configOf("http://127.0.0.1:9")).journal;
  edge = new FakeEdge(ORIGIN, vkeyOf(name, publicKey));
  await edge.listen();
  config = configOf(edge.url);
  running = null;
});
afterEach(async () => {
  await running?.stop("asked");
  await edge.close();
  rmSync(home, { recursive: true, force: true });
});

async function start(): Promise<void> {
  running = await BrokerAgent.open(config);
  await running.start();
}

async function stop(): Promise<JournalRecord[]> {
  await running?.stop("asked");
  running = null;
  const wal = Wal.open({ folder: join(config.state, "journal"), wallUs });
  const records = [...wal.records()].map(({ record }) => record);
  wal.close();
  return records;
}

/** `believe-broker`, as a person types it. */
async function cli(said: string, values: HandValues = {}): Promise<string> {
  const wish = wishOf(said.split(" "), { reason: "test", ...values }, config);
  if (wish === null) throw new Error(`expected a command, was ${said}`);
  return (await handCommand({ config, wish, json: false })).join("\n");
}

const commandsOf = (records: readonly JournalRecord[]) =>
  records.flatMap(({ stream, body }) => (stream === "command" ? [body.command] : []));
const intentsOf = (records: readonly JournalRecord[]) =>
  records.flatMap(({ stream, body }) => (stream === "intent" ? [body] : []));
const stillKilled = /latches +KILLED/;

describe("the kill switch of an agent", () => {
  it("set by hand on a running one is journaled once, and holds over a restart without its file", async () => {
    await start();
    writeFileSync(killFileOf(config), "fat finger\n");
    await vi.waitUntil(async () => stillKilled.test(await cli("status")));
    const first = await stop();
    expect(commandsOf(first)).toEqual([
      { kind: "kill", flatten: false, by: "file", reason: "fat finger" },
    ]);
    rmSync(killFileOf(config));
    await start();
    expect(await cli("status")).toMatch(stillKilled);
    expect(commandsOf(await stop())).toHaveLength(1);
  });

  it("set while none runs is journaled by the next start before anything else that the engine says", async () => {
    expect(await cli("kill", { flatten: true })).toContain("next start journals");
    expect(await cli("status")).toMatch(stillKilled);
    await start();
    const records = await stop();
    const streams = records.map(({ stream }) => stream);
    expect(streams.slice(0, 3)).toEqual(["genesis", "start", "command"]);
    expect(commandsOf(records)).toMatchObject([{ kind: "kill", flatten: true, reason: "test" }]);
  });

  it("is released while none runs, and the next start journals that", async () => {
    await start();
    expect(await cli("kill")).toMatch(/kill is record \d+/);
    await stop();
    expect(await cli("unkill", { reason: "it was nothing" })).toContain("next start");
    expect(await cli("status")).toMatch(stillKilled);
    await start();
    expect(await cli("status")).toContain("not killed");
    const kinds = commandsOf(await stop()).map(({ kind, reason }) => [kind, reason]);
    expect(kinds).toEqual([
      ["kill", "test"],
      ["unkill", "it was nothing"],
    ]);
    expect(new KillLatch(killFileOf(config)).released).toBeNull();
  });

  it("leaves the venue's position alone until it is told to flatten it, and is released by a person", async () => {
    await start();
    await cli("kill");
    expect(await cli("reconcile adopt", { lots: "2", price: "4800.25" })).toMatch(
      /adopt is record \d+; then correction, position/,
    );
    expect(await cli("reconcile show")).toMatch(/ours 2 MESH4 at 4800.25, stop NONE/);
    expect(await cli("kill", { flatten: true })).toMatch(/kill is record \d+/);
    await vi.waitUntil(async () => /B-000001 exit sell 0\/2 MKT/.test(await cli("status")));
    expect(await cli("unkill")).toMatch(/unkill is record \d+/);
    await expect(cli("unkill")).rejects.toThrow("expected the kill latch to be set");
    const records = await stop();
    expect(intentsOf(records)).toMatchObject([{ action: "exit", side: "sell", qty: 2 }]);
  });
});

describe("a person's command to an agent that runs", () => {
  it("is journaled before it is answered, or refused with a reason and not journaled", async () => {
    await start();
    expect(await cli("close-only on")).toMatch(/close-only is record \d+$/);
    expect(await cli("status")).toMatch(/stopped: .*close-only/);
    await expect(cli("cancel", { order: "B-000009" })).rejects.toThrow("expected an order of ours");
    await expect(cli("reconcile adopt", { lots: "1", price: "4800.10" })).rejects.toThrow("tick");
    await expect(cli("arm", { "trade-date": "2024-01-09" })).rejects.toThrow("--confirm");
    const stale = { "trade-date": "2024-01-08", confirm: "paper-1" };
    await expect(cli("arm", stale)).rejects.toThrow("expected 2024-01-09 or a later trade date");
    await cli("arm", { "trade-date": "2024-01-09", confirm: "paper-1" });
    expect(await cli("status")).toContain("armed for 2024-01-09");
    const kinds = commandsOf(await stop()).map(({ kind, by }) => `${kind} ${by}`);
    expect(kinds).toEqual(["close-only cli", "arm cli"]);
  });

  it("other than kill, unkill and status needs one", async () => {
    await expect(cli("flatten")).rejects.toThrow("expected an agent that runs");
    await expect(cli("flatten", { reason: "" })).rejects.toThrow("bad reason");
  });
});

it("the watchdogs of a feed without rows are in the journal and stop entries", async () => {
  await start();
  await vi.waitUntil(async () => /watchdogs +feed-stale/.test(await cli("status")));
  const watched = (await stop()).filter(({ stream }) => stream === "watch");
  expect(watched.map(({ body }) => body)).toMatchObject([{ dog: "feed-stale", barking: true }]);
});

describe("the console of an agent that runs", () => {
  const secret = (name: string) => join(config.state, `console.${name}`);

  it("shows the desk and takes a command from whoever has the token, and leaves no token behind", async () => {
    mkdirSync(join(home, "page"));
    writeFileSync(join(home, "page", "console.html"), "<!doctype html><title>Console</title>");
    consolePort = await freePort();
    config = configOf(edge.url);
    await start();
    const address = new URL(readFileSync(secret("url"), "utf8").trim());
    expect(statSync(secret("url")).mode & 0o777).toBe(0o600);
    const authorization = `Bearer ${address.hash.replace("#token=", "")}`;
    const page = await fetch(address);
    expect([page.status, page.headers.get("content-type")]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
    expect((await fetch(`${address.origin}/api/state`)).status).toBe(401);
    const state = async () => {
      const answer = await fetch(`${address.origin}/api/state`, { headers: { authorization } });
      return consoleState.parse(await answer.json());
    };
    expect(await state()).toMatchObject({
      account: { name: "paper-1" },
      venue: { name: "paper", link: "ready" },
      position: { symbol: "MESH4", lots: 0 },
      latches: { killed: false },
    });
    const post = async (confirm: string) =>
      await fetch(`${address.origin}/api/command`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json", origin: address.origin },
        body: JSON.stringify({ act: { kind: "kill", flatten: false }, reason: "enough", confirm }),
      });
    expect((await post("kill")).status).toBe(422);
    expect((await state()).latches.killed).toBe(false);
    expect((await post("KILL")).status).toBe(200);
    expect((await state()).latches.killed).toBe(true);
    const records = await stop();
    expect(commandsOf(records)).toEqual([
      { kind: "kill", flatten: false, by: "console", reason: "enough" },
    ]);
    expect([secret("url"), secret("token")].map((file) => existsSync(file))).toEqual([
      false,
      false,
    ]);
  });

  it("that finds its port taken goes without: the command line still reaches it", async () => {
    mkdirSync(join(home, "page"));
    writeFileSync(join(home, "page", "console.html"), "");
    consolePort = Number(new URL(edge.url).port);
    config = configOf(edge.url);
    await start();
    expect(existsSync(secret("url"))).toBe(false);
    expect(await cli("kill")).toMatch(/kill is record/);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === "object" && address ? address.port : 0;
}
