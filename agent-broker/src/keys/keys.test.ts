import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyFileFailure } from "@believe/host/keys";
import { sentenceOf } from "@believe/host/log";
import { Wal } from "@believe/host/wal";
import { timeUs } from "@believe/shared/base";
import { parseVkey } from "@believe/shared/wire/log";
import { beforeEach, describe, expect, it } from "vitest";
import { type BrokerConfig, readBrokerConfig } from "../config.ts";
import { genesisOf } from "../opening-records.ts";
import { keysOf, type Purpose, purposes, seedFile } from "./key-folder.ts";
import { keysCommand, type ShownKey } from "./keys-command.ts";

const MAIN = join(import.meta.dirname, "../main.ts");
const ORIGIN = "log.example/j/broker";
const log = { warn: () => undefined };
const wallUs = () => timeUs(1);

let config: BrokerConfig;
let file: string;
beforeEach(() => {
  const home = mkdtempSync(join(tmpdir(), "believe-keys-"));
  file = join(home, "broker.toml");
  const text = [
    `state = "${join(home, "broker")}"`,
    'brand = "example"',
    `origin = "${ORIGIN}"`,
    'account = { kind = "paper", name = "paper-1" }',
    'feed = { folder = "feed", symbol = "MESH4", name = "x", seeded = true, licensed = false }',
    'clock = { kind = "receipt" }',
    // Nobody listens there: a rotation does not need the Worker.
    'worker = { url = "http://127.0.0.1:9" }',
    'strategy = { name = "sma-cross" }',
  ];
  writeFileSync(file, text.join("\n"));
  config = readBrokerConfig(file);
});

const keys = async (...words: string[]): Promise<ShownKey[]> =>
  (await keysCommand({ words, config, log })) ?? [];

/** The program itself, as a person runs it. */
function cli(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [MAIN, "keys", ...words, "--config", file],
    { encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

function journal(): unknown[] {
  const wal = Wal.open({ folder: join(config.state, "journal"), wallUs });
  try {
    return [...wal.records()].map(({ record }) => record);
  } finally {
    wal.close();
  }
}

function begin(): void {
  const wal = Wal.open({ folder: join(config.state, "journal"), wallUs });
  wal.append({ stream: "stop", body: { reason: "asked" } });
  wal.close();
}

const vkeyOfPurpose = (shown: readonly ShownKey[], purpose: Purpose): string =>
  shown.find((key) => key.purpose === purpose)?.vkey ?? "";

// Some cases start the program, which a busy machine takes its time over.
describe("believe-broker keys", { timeout: 60_000 }, () => {
  it("makes three keys of mode 600, shows them as anyone may see them, and never a seed", async () => {
    const { status, stdout } = cli("init");
    expect(status).toBe(0);
    const shown = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(shown.map(({ purpose, name }) => [purpose, name])).toEqual([
      ["journal", ORIGIN],
      ["status", `${ORIGIN}/status`],
      ["request", `${ORIGIN}/request`],
    ]);
    for (const { vkey, keyId } of shown) {
      expect(parseVkey(vkey).keyId.toString(16).padStart(8, "0")).toBe(keyId);
    }
    expect(new Set(shown.map(({ fingerprint }) => fingerprint)).size).toBe(3);
    for (const purpose of purposes) {
      const seed = readFileSync(seedFile(config, purpose));
      expect(seed.length).toBe(32);
      expect(stdout).not.toContain(seed.toString("base64"));
      expect(stdout).not.toContain(seed.toString("hex"));
    }
    expect(await keys("show")).toEqual(shown);
    expect(await keys("init")).toEqual(shown);
  });

  it("shows and makes keys of a state folder alone, under the origin that its journal began with", async () => {
    const state = (...words: string[]) =>
      spawnSync(process.execPath, [MAIN, "keys", ...words, "--state", config.state], {
        encoding: "utf8",
      });
    expect(state("init")).toMatchObject({ status: 1, stderr: expect.stringContaining("--origin") });
    const made = state("init", "--origin", ORIGIN);
    const shown = (await keys("show")).map((key) => `${JSON.stringify(key)}\n`);
    expect([made.status, made.stdout]).toEqual([0, shown.join("")]);
    const genesis = Wal.open({ folder: join(config.state, "journal"), wallUs });
    genesis.append(genesisOf(config, keysOf(config)));
    genesis.sync();
    // An agent holds the journal: showing its keys asks for no lock.
    expect(state("show").stdout).toBe(made.stdout);
    genesis.close();
    expect(state("show", "--origin", "other")).toMatchObject({ status: 1, stdout: "" });
    expect(state("rotate", "status").status).toBe(2);
  });

  it.each([
    ["a 64-byte secret", Buffer.alloc(64, 7), 0o600, /32/],
    ["a short seed", Buffer.alloc(31, 7), 0o600, /32/],
    ["a seed of zeros", Buffer.alloc(32), 0o600, /zero/],
    ["a seed that the group can read", Buffer.alloc(32, 7), 0o640, /mode 600, was 640/],
  ])("refuses %s with one sentence", async (_, bytes, mode, says) => {
    mkdirSync(join(config.state, "keys"), { recursive: true });
    writeFileSync(seedFile(config, "status"), bytes);
    chmodSync(seedFile(config, "status"), mode);
    const failure = await keys("show").catch((cause: unknown) => cause);
    expect(failure).toBeInstanceOf(KeyFileFailure);
    expect(sentenceOf(failure)).toMatch(says);
    expect(sentenceOf(failure).split("\n").length).toBe(1);
  });

  it("says a refusal on the error output alone, as one line, and ends with 1", () => {
    mkdirSync(join(config.state, "keys"), { recursive: true });
    writeFileSync(seedFile(config, "status"), Buffer.alloc(31, 7), { mode: 0o600 });
    const { status, stdout, stderr } = cli("show");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr.trim().split("\n")).toEqual([expect.stringMatching(/32/)]);
  });

  it("prints how it is used for words that it does not know", async () => {
    for (const words of [["rotate", "other"], ["rotate"], ["burn", "status"], ["show", "status"]]) {
      expect(await keysCommand({ words, config, log })).toBeNull();
    }
    const { status, stderr } = cli("rotate");
    expect([status, stderr.includes("keys rotate PURPOSE")]).toEqual([2, true]);
  });
});

describe("a rotation", () => {
  it("puts another key in the place of one, keeps the old seed and journals both", async () => {
    const before = await keys("init");
    begin();
    const after = await keys("rotate", "status");
    const [old, now] = [before, after].map((shown) => vkeyOfPurpose(shown, "status"));
    expect(now).not.toBe(old);
    expect(vkeyOfPurpose(after, "request")).toBe(vkeyOfPurpose(before, "request"));
    expect(after.find(({ purpose }) => purpose === "status")?.retired).toEqual([old]);
    expect(journal().slice(1)).toMatchObject([
      { stream: "key", body: { purpose: "status", action: "retired", vkey: old } },
      { stream: "key", body: { purpose: "status", action: "rotated", vkey: now } },
    ]);
    expect(readdirSync(join(config.state, "keys", "retired")).length).toBe(1);
    expect(existsSync(`${seedFile(config, "status")}.next`)).toBe(false);
  });

  it("that a crash cut off before the new key was in place is simply asked again", async () => {
    await keys("init");
    begin();
    const old = readFileSync(seedFile(config, "request"));
    const after = await keys("rotate", "request");
    const next = readFileSync(seedFile(config, "request"));
    // As the disk stood just before the last step.
    cpSync(seedFile(config, "request"), `${seedFile(config, "request")}.next`);
    writeFileSync(seedFile(config, "request"), old);
    expect(vkeyOfPurpose(await keys("rotate", "request"), "request")).toBe(
      vkeyOfPurpose(after, "request"),
    );
    expect(readFileSync(seedFile(config, "request"))).toEqual(next);
  });

  it("leaves no log without a key: the journal's is never only retired", async () => {
    await keys("init");
    begin();
    await expect(keys("retire", "journal")).rejects.toMatchObject({ code: "key-fixed" });
    expect(journal().length).toBe(1);
  });

  it("is refused while an agent has the journal open, and changes nothing", async () => {
    await keys("init");
    const seed = readFileSync(seedFile(config, "status"));
    const wal = Wal.open({ folder: join(config.state, "journal"), wallUs });
    wal.append({ stream: "stop", body: { reason: "asked" } });
    wal.sync();
    await expect(keys("rotate", "status")).rejects.toMatchObject({ code: "locked" });
    wal.close();
    expect(readFileSync(seedFile(config, "status"))).toEqual(seed);
  });
});

describe("a key that was retired", () => {
  it("is not silently followed by another: the agent asks for keys init, which journals the next", async () => {
    await keys("init");
    begin();
    await keys("retire", "status");
    expect(existsSync(seedFile(config, "status"))).toBe(false);
    expect(() => keysOf(config)).toThrow(/keys init/);
    const after = await keys("init");
    expect(keysOf(config).status.name).toBe(`${ORIGIN}/status`);
    expect(journal().slice(1)).toMatchObject([
      { stream: "key", body: { action: "retired" } },
      { stream: "key", body: { action: "rotated", vkey: vkeyOfPurpose(after, "status") } },
    ]);
  });
});
