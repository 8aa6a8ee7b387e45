import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newSeed, nodeSha256, signerOf, verifyNode } from "@believe/host/keys";
import { encodeLeafRow, Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import { seededRng, timeUs } from "@believe/shared/base";
import { vkeyOf } from "@believe/shared/wire/log";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Door } from "../../agent-research/src/door/door.ts";
import { PartShelf } from "../../agent-research/src/door/part-shelf.ts";
import { Replica } from "../../agent-research/src/door/replica.ts";
import { FakeMirror } from "../../host/src/push/test/fake-mirror.ts";
import { type Activity, activity, fact, type Orders } from "./kill/facts.ts";
import { journalKey, ORIGIN, requestKey } from "./kill/keys.ts";

const LONG = process.env["BELIEVE_LONG"] === "1";
/** Kills before a disk operation of each activity, and kills from outside at a moment of what it says. */
const KILLS_EACH = LONG ? 30 : 3;
const KILLS_OUTSIDE = LONG ? 100 : 10;
const KILLS = KILLS_EACH * activity.options.length + KILLS_OUTSIDE;

describe(`an agent that is killed ${KILLS} times with SIGKILL`, { timeout: 600_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "believe-kill-"));
  const rng = seededRng("kill");
  const vkeys = [vkeyOf(requestKey.name, requestKey.publicKey)];
  const parts = join(folder, "research", "parts");
  const mirror = new FakeMirror({
    origin: ORIGIN,
    vkey: vkeyOf(ORIGIN, journalKey.publicKey),
    verify: verifyNode,
    witness: signerOf("mirror.example/witness", newSeed()),
  });
  const replica = new Replica(join(folder, "research"), { origin: ORIGIN, vkeys });
  const door = new Door({
    host: "127.0.0.1",
    port: 0,
    segmentBytesMax: 1 << 24,
    replica,
    keyOf: (id) => (id === requestKey.name ? requestKey.publicKey : null),
    checkpoint: () => null,
    wallS: () => Date.now() / 1000,
  });
  /** What was being done at each death. */
  const during: Record<Activity, number> = { append: 0, seal: 0, push: 0, open: 0, replicate: 0 };
  const lines = new Map<number, string>();
  const rows = new Map<number, string>();
  const replicated = { journal: 0, leaves: 0 };
  let doorUrl = "";

  /** Runs the writer until it is dead, and believes what it said. Answers how it ended. */
  async function live(
    orders: Pick<Orders, "minute" | "dies" | "drains">,
    bytes = Number.POSITIVE_INFINITY,
  ): Promise<string> {
    const given: Orders = { folder, mirrorUrl: mirror.baseUrl, doorUrl, ...orders };
    const writer = new URL("./kill/writer.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, [writer, JSON.stringify(given)]);
    let out = "";
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      if (out.length >= bytes) child.kill("SIGKILL");
    });
    const how = await new Promise((resolve) =>
      child.on("close", (code, signal) => resolve(signal ?? code)),
    );
    let last: Activity | null = null;
    for (const text of out.split("\n").slice(0, -1)) {
      const said = fact.parse(JSON.parse(text));
      if ("begins" in said) last = said.begins;
      else if ("line" in said) lines.set(said.seq, said.line);
      else if ("row" in said) rows.set(said.leaf, said.row);
      else Object.assign(replicated, said.replicated);
    }
    if (how === "SIGKILL" && last !== null) during[last]++;
    return `${how} ${errors}`.trim();
  }

  beforeAll(async () => {
    await mirror.listen();
    await replica.open();
    doorUrl = `http://127.0.0.1:${await door.open()}`;
    let minute = 0;
    const next = (): number => {
      minute += 1_000;
      return minute;
    };
    for (const each of activity.options) {
      for (let kill = 0; kill < KILLS_EACH; kill++) {
        const dies = { during: each, after: rng.below(25) };
        expect(await live({ minute: next(), dies, drains: false })).toBe("SIGKILL");
      }
    }
    for (let kill = 0; kill < KILLS_OUTSIDE; kill++) {
      const bytes = 200 + rng.below(12_000);
      expect(await live({ minute: next(), dies: null, drains: false }, bytes)).toBe("SIGKILL");
    }
    expect(await live({ minute: next(), dies: null, drains: true })).toBe("0");
  });
  afterAll(async () => {
    await door.close();
    await mirror.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("died while it did each of the five things", () => {
    console.info(`kills: ${JSON.stringify(during)}`);
    expect(Object.values(during).reduce((sum, count) => sum + count)).toBe(KILLS);
    for (const [name, count] of Object.entries(during)) {
      expect(count, name).toBeGreaterThanOrEqual(KILLS_EACH);
    }
  });

  it("lost and changed nothing that it had said, and doubled nothing", () => {
    const wal = Wal.open({ folder: join(folder, "wal"), wallUs: () => timeUs(0) });
    const spool = Spool.open({
      folder: join(folder, "log"),
      origin: ORIGIN,
      sha256: nodeSha256,
      wal,
    });
    const journal = [...wal.records()];
    const leaves = [...spool.leaves()].map(encodeLeafRow);
    const root = spool.root();
    spool.close();
    wal.close();
    expect(lines.size).toBeGreaterThan(KILLS);
    for (const [seq, line] of lines) expect(journal[seq]?.line).toBe(line);
    for (const [index, row] of rows) expect(leaves[index]).toBe(row);
    expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, seq) => seq));
    const reasons = journal.map(({ record }) => JSON.stringify(record.body));
    expect(new Set(reasons).size).toBe(reasons.length);
    expect(mirror.violations).toEqual([]);
    expect(mirror.root).toEqual(root);
    expect(mirror.entries).toHaveLength(leaves.length);
    expect(mirror.lines()).toEqual(journal.map(({ line }) => line));
  });

  it("left at the door, byte for byte, what it has itself", async () => {
    const shelf = new PartShelf({ folder: parts, origin: ORIGIN, vkeys });
    await shelf.open("reader");
    const journal = [...shelf.read("journal")].flatMap((part) => part.lines);
    const leaves = [...shelf.read("leaves")].flatMap((part) => part.lines);
    expect(journal.length).toBeGreaterThanOrEqual(replicated.journal);
    expect(leaves.length).toBeGreaterThanOrEqual(replicated.leaves);
    for (const [seq, line] of lines) expect(journal[seq]).toBe(line);
    for (const [index, row] of rows) expect(leaves[index]).toBe(row);
  });
});
