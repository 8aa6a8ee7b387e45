import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignedClient } from "@believe/host/http";
import { newSeed, nodeSha256, signerOf } from "@believe/host/keys";
import { partName, replicaChunk, replicaList, signPart } from "@believe/host/replica";
import { encodeLeafRow, Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import { timeUs } from "@believe/shared/base";
import { vkeyOf } from "@believe/shared/wire/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Door } from "./door.ts";
import { rebuildJournal } from "./journal-rebuild.ts";
import { PartShelf } from "./part-shelf.ts";
import { Replica } from "./replica.ts";

const ORIGIN = "log.example/j/broker";
const MINUTE_US = 60_000_000;
const broker = signerOf(`${ORIGIN}/request`, newSeed());
const vkey = vkeyOf(broker.name, broker.publicKey);

let home: string;
let lines: string[];
let rows: string[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "believe-parts-"));
  ({ lines, rows } = record(mkdtempSync(join(tmpdir(), "believe-record-"))));
});

/** Ten records in five minute leaves. */
function record(folder: string): { lines: string[]; rows: string[] } {
  const wal = Wal.open({ folder: join(folder, "journal"), wallUs: () => timeUs(1) });
  const spool = Spool.open({
    folder: join(folder, "log"),
    origin: ORIGIN,
    sha256: nodeSha256,
    wal,
  });
  const all: string[] = [];
  for (let minute = 0; minute < 5; minute++) {
    spool.advance(timeUs(1_700_000_040_000_000 + minute * MINUTE_US));
    for (let i = 0; i < 2; i++) {
      const { seq, line } = wal.append({ stream: "stop", body: { reason: "asked" } });
      wal.sync();
      spool.add(seq, line);
      all.push(line);
    }
  }
  spool.cut();
  const sealed = [...spool.leaves()].map(encodeLeafRow);
  spool.close();
  wal.close();
  return { lines: all, rows: sealed };
}

async function noteOf(series: "journal" | "leaves", first: number, last: number) {
  const from = series === "journal" ? lines : rows;
  const part = { series, first, last, lines: from.slice(first, last + 1) };
  return { name: partName(part), bytes: Buffer.from(await signPart(part, ORIGIN, broker)) };
}

async function shelfOf(): Promise<PartShelf> {
  const shelf = new PartShelf({
    folder: join(home, "replica", "parts"),
    origin: ORIGIN,
    vkeys: [vkey],
  });
  await shelf.open();
  return shelf;
}

async function put(shelf: PartShelf, series: "journal" | "leaves", first: number, last: number) {
  const { name, bytes } = await noteOf(series, first, last);
  return await shelf.put(name, bytes);
}

describe("the shelf of the journal's parts", () => {
  it("takes parts without a hole, and one that grew in the place of the one it begins with", async () => {
    const shelf = await shelfOf();
    const first = await put(shelf, "journal", 0, 2);
    expect(await put(shelf, "journal", 0, 2)).toBe(first);
    await put(shelf, "journal", 0, 4);
    await put(shelf, "journal", 5, 6);
    const names = [
      "journal-000000000000-000000000004.note",
      "journal-000000000005-000000000006.note",
    ];
    expect(shelf.list.journal).toEqual({ next: 7, parts: names });
    expect(readdirSync(join(home, "replica", "parts"))).toEqual(names);
    expect((await shelfOf()).list).toEqual(shelf.list);
  });

  it("refuses a hole, an older part, other lines under known numbers and a stranger's signature", async () => {
    const shelf = await shelfOf();
    await put(shelf, "journal", 0, 4);
    await expect(put(shelf, "journal", 6, 7)).rejects.toMatchObject({ code: "bad-segment" });
    await expect(put(shelf, "journal", 0, 2)).rejects.toMatchObject({ code: "bad-segment" });
    const { name, bytes } = await noteOf("journal", 5, 6);
    const changed = Buffer.from(bytes.toString().replace("asked", "acked"));
    await expect(shelf.put(name, changed)).rejects.toMatchObject({ code: "bad-segment" });
    lines = record(mkdtempSync(join(tmpdir(), "believe-record-"))).lines;
    await expect(put(shelf, "journal", 0, 6)).rejects.toThrow(/was others under their numbers/);
    expect(shelf.list.journal.next).toBe(5);
  });

  it("takes the longer of two parts that a crash left, and drops what was never whole", async () => {
    await put(await shelfOf(), "journal", 0, 2);
    const parts = join(home, "replica", "parts");
    const { name, bytes } = await noteOf("journal", 0, 4);
    writeFileSync(join(parts, name), bytes);
    writeFileSync(join(parts, "journal-000000000005-000000000006.note.new"), "half");
    expect((await shelfOf()).list.journal).toEqual({ next: 5, parts: [name] });
    expect(readdirSync(parts)).toEqual([name]);
  });
});

describe("a journal that is rebuilt from its parts", () => {
  it("is the broker's, byte for byte, and recomputes every leaf", async () => {
    const shelf = await shelfOf();
    await put(shelf, "journal", 0, 5);
    await put(shelf, "journal", 6, 9);
    await put(shelf, "leaves", 0, rows.length - 1);
    const keys = { brokerJournal: vkey, brokerRequest: vkey };
    const out = join(home, "out");
    const rebuilt = await rebuildJournal({ state: home, origin: ORIGIN, keys }, out);
    expect(rebuilt).toEqual({ records: 10, leaves: rows.length, recomputed: rows.length });
    const text = readFileSync(join(out, "journal-000000.jsonl"), "utf8");
    expect(text).toBe(lines.map((line) => `${line}\n`).join(""));
    await expect(rebuildJournal({ state: home, origin: ORIGIN, keys }, out)).rejects.toThrow(
      /empty folder/,
    );
  });

  it("is refused when a leaf was sealed over other records", async () => {
    const shelf = await shelfOf();
    await put(shelf, "journal", 0, 9);
    rows = record(mkdtempSync(join(tmpdir(), "believe-record-"))).rows;
    await put(shelf, "leaves", 0, rows.length - 1);
    const keys = { brokerJournal: vkey, brokerRequest: vkey };
    await expect(
      rebuildJournal({ state: home, origin: ORIGIN, keys }, join(home, "out")),
    ).rejects.toThrow(/recompute leaf 0/);
  });
});

describe("a door that is asked for what it holds", () => {
  let door: Door;
  let url: string;
  beforeEach(async () => {
    const replica = new Replica(join(home, "replica"), { origin: ORIGIN, vkeys: [vkey] });
    await replica.open();
    door = new Door({
      host: "127.0.0.1",
      port: 0,
      segmentBytesMax: 1_000_000,
      replica,
      keyOf: (keyId) => (keyId === broker.name ? broker.publicKey : null),
      checkpoint: () => null,
      wallS: () => Math.floor(Date.now() / 1000),
    });
    url = `http://127.0.0.1:${await door.open()}`;
  });
  afterEach(() => door.close());

  it("gives the broker its parts back, and nobody else", async () => {
    const client = new SignedClient({ baseUrl: url, keyId: broker.name, sign: broker.sign });
    const { name, bytes } = await noteOf("journal", 0, 4);
    expect((await client.put(`/replica/broker/${name}`, bytes, "text/plain")).status).toBe(200);
    await client.put("/replica/broker/capture-000001.jsonl", "a\nb\n", "application/jsonl");
    const ask = (what: string, body: object, by = client) =>
      by.post(`/replica/broker/${what}`, JSON.stringify(body), "application/json");
    expect(replicaList.parse(JSON.parse((await ask("list", {})).text))).toEqual({
      journal: { next: 5, parts: [name] },
      leaves: { next: 0, parts: [] },
      segments: ["capture-000001.jsonl"],
    });
    const read = await ask("read", { name, offset: 0 });
    expect(replicaChunk.parse(JSON.parse(read.text))).toEqual({ text: String(bytes), next: null });
    expect((await ask("read", { name: "../followed.json", offset: 0 })).status).toBe(404);
    expect((await ask("read", { name: "journal-9.note", offset: 0 })).status).toBe(404);
    const stranger = signerOf(broker.name, newSeed());
    const other = new SignedClient({ baseUrl: url, keyId: stranger.name, sign: stranger.sign });
    expect((await ask("list", {}, other)).status).toBe(401);
    expect((await fetch(`${url}/replica/broker/list`, { method: "POST" })).status).toBe(401);
  });
});
