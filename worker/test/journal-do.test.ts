import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { base64, hex, sha256, utf8 } from "@believe/shared/base";
import { openCosignature, vkeyOf } from "@believe/shared/wire/log";
import { expect, it } from "vitest";
import { verify } from "../src/middleware/signed.ts";
import { JournalDO } from "../src/objects/journal-do.ts";
import type { LiveDO } from "../src/objects/live-do.ts";
import type { LeafLines, LogState } from "../src/objects/rooms.ts";
import { testSigner } from "./agents.ts";
import { opened } from "./leaf-lines.ts";
import { type JournalStub, push, SampleLog, storedLog } from "./sample-log.ts";

/** UTC hour of the sample's first leaves, since 1970. */
const HOUR = 473_558;
const room = (name: string): JournalStub => env.JOURNAL.getByName(name);

it("moves a log on, cosigns it, and serves bundles from rows and blobs", async () => {
  const log = room("moves");
  const sample = new SampleLog(300);
  for (const [from, to] of [
    [0, 1],
    [1, 255],
    [255, 257],
    [257, 300],
  ] as const) {
    expect(await push(log, sample, from, to)).toBe("cosigned");
  }
  for (const size of [1, 255, 256, 300]) {
    for (const { name, bytes } of sample.puts(0, size)) {
      expect(await log.readTile(name)).toEqual(bytes);
    }
  }
  const note = (await log.checkpoint()) ?? "";
  const witness = await testSigner("log.example.test/witness", 6);
  const opened = await openCosignature(note, vkeyOf(witness.name, witness.publicKey, 4), verify);
  expect(opened.timestampSeconds).toBeGreaterThan(1_700_000_000);
  const [bundle] = sample.puts(0, 256);
  const key = `blob/log/${hex(sha256(bundle?.bytes ?? utf8("")))}`;
  expect(await env.KV.get(key, "arrayBuffer")).not.toBeNull();
  expect(await log.summary()).toMatchObject({
    size: 300,
    root: base64(sample.rootAt(300)),
    minute: "2024-01-09T19:19Z",
  });
});

it("keeps everything when it is evicted between any two events", async () => {
  const sample = new SampleLog(258);
  const steady = room("steady");
  const evicted = room("evicted");
  const add = (old: number, size: number) => async (log: JournalStub) =>
    log.addCheckpoint(await sample.addAt(old, size));
  const puts = (old: number, size: number) =>
    sample.puts(old, size).map(
      ({ name, bytes }) =>
        (log: JournalStub) =>
          log.putTile(name, bytes),
    );
  const open = (leaf: number) => (log: JournalStub) => log.putOpening(leaf, sample.opening(leaf));
  const events = [
    ...puts(0, 2),
    add(0, 2),
    open(0),
    ...puts(2, 258),
    add(2, 258),
    open(257),
    add(0, 258),
  ];
  for (const run of events) {
    const kind = (await run(steady)).kind;
    expect((await run(evicted)).kind).toBe(kind);
    await evictDurableObject(evicted);
    expect(await evicted.summary()).toEqual(await steady.summary());
  }
  // Slots, openings and forks; the state and the witnesses' row carry times.
  const rows = async (log: JournalStub) => JSON.parse(await storedLog(log)).rows.slice(1, 4);
  expect(await rows(evicted)).toEqual(await rows(steady));
});

it("writes few rows, the same number each minute", async () => {
  const log = room("rows");
  const sample = new SampleLog(40);
  const written = () => runInDurableObject(log, ({ store }: JournalDO) => store.rowsWritten);
  await push(log, sample, 0, 20);
  for (let size = 20; size < 40; size += 5) {
    const before = await written();
    for (const { name, bytes } of sample.puts(size, size + 1)) await log.putTile(name, bytes);
    const put = await written();
    await log.addCheckpoint(await sample.addAt(size, size + 1));
    const added = await written();
    await log.putOpening(size, sample.opening(size));
    const opened = await written();
    // Bundle and tile; the state row and the witnesses' row; the opening with its index and the state row.
    expect([put - before, added - put, opened - added]).toEqual([2, 2, 3]);
    for (const { name, bytes } of sample.puts(size, size + 1)) await log.putTile(name, bytes);
    await log.addCheckpoint(await sample.addAt(size + 1, size + 1));
    await log.putOpening(size, sample.opening(size));
    expect(await written()).toBe(opened);
    await push(log, sample, size + 1, size + 5);
  }
});

it("counts the leaves that are not opened by hour, and tells the live object only the hours", async () => {
  const log = room("unopened");
  const sample = new SampleLog(45);
  const written = () =>
    runInDurableObject(env.LIVE.getByName("live"), ({ store }: LiveDO) => store.rowsWritten);
  await push(log, sample, 0, 45);
  const hours = async () => (await log.summary()).unopened;
  expect(await hours()).toEqual([
    { hour: HOUR, leaves: 40 },
    { hour: HOUR + 1, leaves: 5 },
  ]);
  const before = await written();
  for (let leaf = 40; leaf < 44; leaf++) await log.putOpening(leaf, sample.closedOpening(leaf));
  expect(await hours()).toMatchObject([{ leaves: 40 }, { hour: HOUR + 1, leaves: 1 }]);
  expect(await written(), "an opening that shows no line is no news but the last of its hour").toBe(
    before,
  );
  await log.putOpening(44, sample.closedOpening(44));
  expect(await written()).toBe(before + 1);
  await log.putOpening(44, sample.opening(44));
  await evictDurableObject(log);
  expect(await hours()).toEqual([{ hour: HOUR, leaves: 40 }]);
});

it("takes over a log from before unopened leaves were counted, and counts from there", async () => {
  const log = room("older");
  const sample = new SampleLog(3);
  await push(log, sample, 0, 2);
  await runInDurableObject(log, (_, { storage }) => {
    storage.sql.exec("ALTER TABLE log DROP COLUMN unopened");
  });
  await evictDurableObject(log);
  await push(log, sample, 2, 3);
  expect(await log.summary()).toMatchObject({ size: 3, unopened: [{ hour: HOUR, leaves: 1 }] });
});

it("stores nothing for what it refuses", async () => {
  const log = room("refuses");
  const sample = new SampleLog(270);
  const other = new SampleLog(270, "1.00");
  await push(log, sample, 0, 260);
  await log.putOpening(3, sample.opening(3));
  for (const { name, bytes } of sample.puts(260, 270)) await log.putTile(name, bytes);
  const before = await storedLog(log);
  const adds: [string, string][] = [
    ["", "malformed"],
    [(await sample.addAt(260, 270)).replace("\n270\n", "\n271\n"), "untrusted"],
    [await sample.addAt(260, 270, testSigner("log.example.test/j/broker", 9)), "untrusted"],
    [await sample.addAt(0, 270), "conflict"],
    [await other.addAt(260, 270), "unprovable"],
  ];
  for (const [body, kind] of adds) expect((await log.addCheckpoint(body)).kind).toBe(kind);
  const [bundle] = other.puts(0, 256);
  if (bundle !== undefined)
    expect((await log.putTile(bundle.name, bundle.bytes)).kind).toBe("conflict");
  expect((await log.putOpening(3, other.opening(3))).kind).toBe("conflict");
  expect((await log.putOpening(4, other.opening(4))).kind).toBe("refused");
  expect((await log.putOpening(260, sample.opening(260))).kind).toBe("not-covered");
  expect(await storedLog(log)).toBe(before);
  expect(await push(log, sample, 260, 270)).toBe("cosigned");
});

it("takes one of two adds that come at once", async () => {
  const log = room("race");
  const sample = new SampleLog(9);
  for (const { name, bytes } of sample.puts(0, 9)) await log.putTile(name, bytes);
  const bodies = [await sample.addAt(0, 9), await sample.addAt(0, 7)];
  const kinds = await Promise.all(bodies.map(async (body) => (await log.addCheckpoint(body)).kind));
  expect(kinds.sort()).toEqual(["conflict", "cosigned"]);
});

it("freezes on a fork, keeps both notes and tells the public, after an eviction too", async () => {
  const log = room("fork");
  const sample = new SampleLog(5);
  const other = new SampleLog(5, "1.00");
  await push(log, sample, 0, 5);
  const forked = await log.addCheckpoint(await other.addAt(0, 5));
  expect(forked).toMatchObject({ kind: "conflict", size: 5, forked: true });
  await evictDurableObject(log);
  expect(await log.addCheckpoint(await sample.addAt(5, 5))).toMatchObject({
    kind: "conflict",
    forked: false,
  });
  expect((await log.summary()).frozen).toContain("different roots");
  const evidence = await runInDurableObject(log, (_, { storage }) =>
    storage.sql.exec("SELECT size, cosigned, other FROM fork").toArray(),
  );
  expect(evidence).toEqual([
    { size: 5, cosigned: await sample.noteAt(5), other: await other.noteAt(5) },
  ]);
  const { alarms } = await env.LIVE.getByName("live").snapshot();
  expect(alarms.filter(({ kind }) => kind === "fork")).toHaveLength(1);
});

it("tells the live object what it committed, again at the start if that call was lost", async () => {
  const log = room("tells");
  const sample = new SampleLog(3);
  const told: unknown[] = [];
  let isUp = false;
  const live = {
    log: async (state: LogState) => {
      if (!isUp) throw new Error("expected a live object, was none");
      told.push(state);
    },
    opened: async (opening: unknown) => {
      if (!isUp) throw new Error("expected a live object, was none");
      told.push(opening);
    },
  };
  const edge = { ...env, LIVE: { getByName: () => live } };
  await runInDurableObject(log, async (_, state) => {
    const first = Reflect.construct(JournalDO, [state, edge]);
    for (const { name, bytes } of sample.puts(0, 2)) await first.putTile(name, bytes);
    await first.addCheckpoint(await sample.addAt(0, 2));
    expect((await first.putOpening(0, sample.opening(0))).kind).toBe("opened");
    expect(told).toEqual([]);
    isUp = true;
    const second = Reflect.construct(JournalDO, [state, edge]);
    expect((await second.putOpening(1, sample.opening(1))).kind).toBe("opened");
  });
  const root = base64(sample.rootAt(2));
  expect(told.slice(0, 2)).toEqual([
    opened(0, [sample.line(0)]),
    { size: 2, root, minute: "2024-01-09T14:21Z", opened: 1, unopenedHours: [HOUR] },
  ]);
  expect(told.slice(-2)).toEqual([
    opened(1, [sample.line(1)]),
    { size: 2, root, minute: "2024-01-09T14:21Z", opened: 2, unopenedHours: [] },
  ]);
});

it("tells a leaf again that was widened while it was told, and writes two rows for it", async () => {
  const log = room("widened");
  const sample = new SampleLog(2);
  const told: unknown[] = [];
  const gate = Promise.withResolvers<void>();
  const live = {
    log: async () => undefined,
    opened: async (lines: LeafLines) => {
      await gate.promise;
      told.push(lines.seqs.length);
    },
  };
  const edge = { ...env, LIVE: { getByName: () => live } };
  await runInDurableObject(log, async (_, state) => {
    const journal = Reflect.construct(JournalDO, [state, edge]);
    for (const { name, bytes } of sample.puts(0, 2)) await journal.putTile(name, bytes);
    await journal.addCheckpoint(await sample.addAt(0, 2));
    const narrow = journal.putOpening(0, sample.closedOpening(0));
    const before = journal.store.rowsWritten;
    const wide = journal.putOpening(0, sample.opening(0));
    await expect.poll(() => journal.store.rowsWritten).toBeGreaterThan(before);
    gate.resolve();
    expect([(await narrow).kind, (await wide).kind]).toEqual(["opened", "widened"]);
    expect(told.at(-1)).toBe(1);
    expect(journal.store.unannounced).toEqual([]);
    const stored = journal.store.rowsWritten;
    await journal.putOpening(1, sample.closedOpening(1));
    const first = journal.store.rowsWritten - stored;
    await journal.putOpening(1, sample.opening(1));
    expect([first, journal.store.rowsWritten - stored - first]).toEqual([3, 2]);
    expect(await journal.summary()).toMatchObject({ openedLeaves: 2, records: 2 });
  });
});
