import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newSeed, nodeSha256, signerOf } from "@believe/host/keys";
import { Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import { timeUs, utf8Text } from "@believe/shared/base";
import { signDocument, tilePath } from "@believe/shared/wire/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BrokerConfig } from "../config.ts";
import { readBrokerConfig } from "../config.ts";
import { reconcile } from "./reconcile.ts";

const ORIGIN = "log.example/j/broker";
const MINUTE_US = 60_000_000;
const START = 1_700_000_040_000_000;
const wallUs = () => timeUs(START);
const keys = {
  journal: signerOf(ORIGIN, newSeed()),
  status: signerOf(`${ORIGIN}/status`, newSeed()),
  request: signerOf(`${ORIGIN}/request`, newSeed()),
};
const log = { warn: () => undefined };

let home: string;
let state: string;
let answers: Map<string, Buffer>;
let server: Server;
let config: BrokerConfig;
let minutesPassed = 0;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "believe-reconcile-"));
  state = join(home, "broker");
  answers = new Map();
  server = createServer((request, response) => {
    const found = answers.get(request.url ?? "");
    response.writeHead(found === undefined ? 404 : 200).end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  config = configOf(`http://127.0.0.1:${port}`);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function configOf(url: string): BrokerConfig {
  const file = join(home, "broker.toml");
  const text = [
    `state = "${state}"`,
    'brand = "example"',
    `origin = "${ORIGIN}"`,
    'account = { kind = "live", name = "live-1" }',
    'feed = { folder = "feed", symbol = "MESH4", name = "x", seeded = false, licensed = true }',
    'clock = { kind = "receipt" }',
    `worker = { url = "${url}" }`,
    'strategy = { name = "sma-cross" }',
  ];
  writeFileSync(file, text.join("\n"));
  return readBrokerConfig(file);
}

/** Adds minutes of two records each to the record on the disk; `see` looks at it before it is closed. */
async function grow(minutes: number, see?: (spool: Spool) => Promise<void>): Promise<void> {
  const wal = Wal.open({ folder: join(state, "journal"), wallUs });
  const spool = Spool.open({ folder: join(state, "log"), origin: ORIGIN, sha256: nodeSha256, wal });
  for (let minute = 0; minute < minutes; minute++) {
    minutesPassed += 1;
    spool.advance(timeUs(START + minutesPassed * MINUTE_US));
    for (let i = 0; i < 2; i++) {
      const { seq, line } = wal.append({ stream: "stop", body: { reason: "asked" } });
      wal.sync();
      spool.add(seq, line);
    }
  }
  spool.cut();
  await see?.(spool);
  spool.close();
  wal.close();
}

/** The Worker has the checkpoint and the entries, as of a live account whose day is not open yet. */
async function serve(spool: Spool): Promise<void> {
  const { size } = spool;
  answers.set("/log/broker/checkpoint", Buffer.from(await spool.checkpoint(keys.journal)));
  const bundle = spool.tile({ level: "entries", index: 0, width: size });
  answers.set(`/log/broker/${tilePath("entries", 0, size)}`, Buffer.from(bundle));
}

function rows(): { salt: string | null; text: string }[] {
  const text = readFileSync(join(state, "log", "leaves.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((row) => JSON.parse(row));
}

describe("a live account's disk that went back, with nothing but the Worker to ask", () => {
  it("keeps the signed leaves bare, counts what is lost, and never signs at the old size again", async () => {
    await grow(2);
    cpSync(state, join(home, "copy"), { recursive: true });
    let root = "";
    await grow(3, async (spool) => {
      await serve(spool);
      root = Buffer.from(spool.root()).toString("base64");
    });
    const whole = rows();
    rmSync(state, { recursive: true });
    cpSync(join(home, "copy"), state, { recursive: true });

    const recovered = await reconcile({ config, keys, wallUs, log });
    expect(recovered).toEqual({
      from: 4,
      to: 4,
      lost: 0,
      leavesFrom: 2,
      leavesTo: whole.length,
      leavesLost: whole.length - 2,
    });
    expect(rows().map(({ text }) => text)).toEqual(whole.map(({ text }) => text));
    expect(rows().map(({ salt }) => salt === null)).toEqual(whole.map((_, i) => i >= 2));
    const push = JSON.parse(readFileSync(join(state, "log", "push.json"), "utf8"));
    expect(push.signed).toEqual({ size: whole.length, root });
    // The log goes on from there: the next leaf holds the recovered record.
    await grow(1, async (spool) => {
      const [leaf] = [...spool.leaves(whole.length)].filter(({ count }) => count > 0);
      expect(leaf).toMatchObject({ firstSeq: 4 });
    });
    expect(await reconcile({ config, keys, wallUs, log })).toBeNull();
  });

  it("says what a rebuild found that a crash had cut off", async () => {
    await grow(2);
    writeFileSync(join(state, "recovering.json"), '{"v":1,"from":1,"leavesFrom":0}\n');
    expect(await reconcile({ config, keys, wallUs, log })).toMatchObject({ from: 1, to: 4 });
    expect(existsSync(join(state, "recovering.json"))).toBe(false);
    expect(await reconcile({ config, keys, wallUs, log })).toBeNull();
  });
});

describe("a disk that must not be signed from", () => {
  it("is refused when it holds other leaves than those that were signed", async () => {
    await grow(2, serve);
    rmSync(state, { recursive: true });
    await grow(3);
    await expect(reconcile({ config, keys, wallUs, log })).rejects.toMatchObject({
      code: "record-differs",
    });
  });

  it("is refused when entries that give another root are served for what it lacks", async () => {
    await grow(2);
    cpSync(state, join(home, "copy"), { recursive: true });
    await grow(2, serve);
    for (const [path, bytes] of answers) {
      const changed = Buffer.from(utf8Text(new Uint8Array(bytes)).replace(/cut/g, "cot"));
      if (path.includes("entries")) answers.set(path, changed);
    }
    rmSync(state, { recursive: true });
    cpSync(join(home, "copy"), state, { recursive: true });
    await expect(reconcile({ config, keys, wallUs, log })).rejects.toThrow(/expected/);
    expect(rows().length).toBe(2);
  });

  it("is refused when it signed more than it holds and nobody answers", async () => {
    await grow(3, async (spool) => {
      const root = Buffer.from(spool.root()).toString("base64");
      const push = { v: 1, signed: { size: spool.size + 1, root }, pushed: 0, opened: 0 };
      writeFileSync(join(state, "log", "push.json"), JSON.stringify(push));
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(reconcile({ config, keys, wallUs, log })).rejects.toThrow(
      /neither the Worker nor the research agent answers/,
    );
  });

  it("goes on without anybody when it holds all that it ever signed", async () => {
    await grow(2);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await reconcile({ config, keys, wallUs, log })).toBeNull();
  });

  it("counts the records that its own last status spoke of as lost", async () => {
    await grow(2, serve);
    const status = {
      v: 1,
      n: 1,
      atUs: START,
      leaseUs: 1,
      agent: "broker",
      account: { kind: "live", name: "live-1" },
      feed: {
        name: "x",
        seeded: false,
        speed: 1,
        state: "fresh",
        lastRowAtUs: null,
        staleAfterUs: 1,
        rows: 0,
        domRows: 0,
        quarantined: 0,
      },
      marketUs: null,
      session: null,
      venue: { name: "paper", state: "ready", resting: 0 },
      entries: { allowed: false, reasons: [] },
      positions: null,
      log: { size: 2, root: Buffer.alloc(32).toString("base64"), records: 9, queued: 0 },
      decisionTip: "0".repeat(64),
      startedAtUs: START,
    };
    const broker = await signDocument(JSON.stringify(status), keys.status);
    const live = JSON.stringify({ broker });
    answers.set("/api/live", Buffer.from(live));
    expect(await reconcile({ config, keys, wallUs, log })).toMatchObject({ to: 4, lost: 5 });
  });
});
