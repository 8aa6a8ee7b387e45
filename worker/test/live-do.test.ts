import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { liveSnapshot } from "@believe/shared/wire";
import { expect, it } from "vitest";
import { readSnapshot, SNAPSHOT_KEY } from "../src/kv/snapshot.ts";
import type { LiveDO } from "../src/objects/live-do.ts";
import { fillLine } from "./documents.ts";
import { opened } from "./leaf-lines.ts";

type Stub = DurableObjectStub<LiveDO>;
type Event = readonly [name: string, run: (live: Stub) => Promise<unknown>];

const ROOT = `${"A".repeat(43)}=`;
const lapsesAtUs = 4_000_000_000_000_000;
const sealed = { size: 1, root: ROOT, minute: "2024-01-09T14:20Z", opened: 0 };
const room = (name: string): Stub => env.LIVE.getByName(name);

const events: readonly Event[] = [
  ["status", (live) => live.status({ agent: "broker", note: "one", n: 1, lapsesAtUs })],
  ["research", (live) => live.status({ agent: "research", note: "two", n: 1, lapsesAtUs })],
  ["figures", (live) => live.figures({ note: "three", n: 1 })],
  ["pending", (live) => live.pending([fillLine(1), fillLine(2)])],
  ["log", (live) => live.log({ ...sealed, unopenedHours: [473_558] })],
  ["opened", (live) => live.opened(opened(0, [fillLine(1)]))],
  ["forked", (live) => live.forked("two roots at size 1")],
  ["unfrozen", (live) => live.unfrozen()],
  ["status again", (live) => live.status({ agent: "broker", note: "four", n: 2, lapsesAtUs })],
];

async function stateOf(live: Stub): Promise<unknown> {
  const { atUs: _, alarms, ...state } = liveSnapshot.parse(await live.snapshot());
  return { ...state, alarms: alarms.map(({ kind, detail }) => `${kind} ${detail}`) };
}

it("keeps everything when it is evicted between any two events", async () => {
  const steady = room("steady");
  const evicted = room("evicted");
  for (const [name, run] of events) {
    await run(steady);
    await run(evicted);
    await evictDurableObject(evicted);
    expect([name, await stateOf(evicted)]).toEqual([name, await stateOf(steady)]);
  }
});

it("writes few rows, the same number each time", async () => {
  const live = room("rows");
  const written = () => runInDurableObject(live, ({ store }: LiveDO) => store.rowsWritten);
  const rows: Record<string, number> = {};
  await live.forked("settles the first copy to KV");
  await live.snapshot();
  let before = await written();
  for (const [name, run] of events) {
    await run(live);
    const after = await written();
    rows[name] = after - before;
    before = after;
  }
  expect(rows).toEqual({
    // The first status sets the platform's alarm too; later ones find it set.
    status: 2,
    research: 1,
    figures: 1,
    pending: 2,
    log: 1,
    opened: 2,
    forked: 1,
    unfrozen: 1,
    "status again": 1,
  });
  for (const [, run] of events.slice(1, 6)) await run(live);
  await live.unfrozen();
  expect(await written()).toBe(before);
});

it("goes on from a row that named no unopened hours", async () => {
  const live = room("older row");
  await live.log({ ...sealed, unopenedHours: [473_558] });
  await runInDurableObject(live, (_, { storage }) => {
    storage.sql.exec(
      "UPDATE section SET value = json_remove(value, '$.unopenedHours') WHERE id = 3",
    );
  });
  await evictDurableObject(live);
  expect((await live.snapshot()).log).toEqual({ ...sealed, unopenedHours: [] });
});

it("refuses a replayed number after an eviction too", async () => {
  const live = room("replay");
  await live.status({ agent: "broker", note: "new", n: 9, lapsesAtUs });
  await evictDurableObject(live);
  const late = await live.status({ agent: "broker", note: "old", n: 9, lapsesAtUs });
  expect(late).toEqual({ taken: false, newest: 9 });
  expect((await live.snapshot()).broker).toBe("new");
});

it("seals a fill with its leaf and forgets the announcement", async () => {
  const live = room("seal");
  await live.pending([fillLine(4), fillLine(5)]);
  await live.opened(opened(2, [fillLine(4)]));
  const { fills, alarms } = await live.snapshot();
  expect(fills.map(({ seq, mark, leaf }) => [seq, mark, leaf])).toEqual([
    [5, "pending", null],
    [4, "sealed", 2],
  ]);
  expect(alarms).toEqual([]);
  await live.pending([fillLine(4)]);
  expect((await live.snapshot()).fills[1]?.mark).toBe("sealed");
});

it("takes a leaf again when it was opened wider, and shows each fill once", async () => {
  const live = room("widened");
  await live.opened(opened(2, [fillLine(4), fillLine(6)]));
  await live.opened(opened(3, [fillLine(7)]));
  await live.opened(opened(2, [fillLine(4), fillLine(5), fillLine(6)]));
  const { fills, alarms } = await live.snapshot();
  expect(fills.map(({ seq, leaf }) => [seq, leaf])).toEqual([
    [7, 3],
    [6, 2],
    [5, 2],
    [4, 2],
  ]);
  expect(alarms).toEqual([]);
});

it("reads what an older build kept of announced lines, and leaves those to their leaf", async () => {
  const live = room("older");
  const older = { openedBelow: 4, lines: [{ seq: 4, hash: "c29tZQ==" }] };
  await runInDurableObject(live, ({ store }: LiveDO, { storage }) => {
    store.write({ pending: { openedBelow: 4, lines: [] } }, false);
    storage.sql.exec("UPDATE section SET value = ? WHERE id = 6", JSON.stringify(older));
  });
  await evictDurableObject(live);
  const pending = () => runInDurableObject(live, ({ store }: LiveDO) => store.sections.pending);
  expect(await pending()).toEqual({ openedBelow: 4, lines: [] });
  await live.opened(opened(2, [fillLine(4)]));
  expect((await live.snapshot()).alarms).toEqual([]);
});

it("raises a lasting alarm when the opened line is not the announced one, and shows the opened one", async () => {
  const live = room("differs");
  await live.pending([fillLine(4)]);
  await live.opened(opened(2, [fillLine(4, "4801.00")]));
  await live.opened(opened(3, []));
  const { fills, alarms } = await live.snapshot();
  expect(fills[0]?.body.price).toBe("4801.00");
  expect(alarms.map(({ kind }) => kind)).toEqual(["pending-differs"]);
});

it("raises it as well for two different announcements of one number", async () => {
  const live = room("twice");
  await live.pending([fillLine(4)]);
  await live.pending([fillLine(4, "4801.00")]);
  expect((await live.snapshot()).alarms.map(({ kind }) => kind)).toEqual(["pending-differs"]);
});

it("keeps at most twenty fills, the newest", async () => {
  const live = room("many");
  for (let from = 0; from < 60; from += 20) {
    await live.pending(Array.from({ length: 20 }, (_, i) => fillLine(from + i)));
  }
  const { fills } = await live.snapshot();
  expect(fills.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => 59 - i));
});

it("alarms when a lease breaks and is quiet again after the next status", async () => {
  const live = room("lease");
  const nowUs = Date.now() * 1000;
  await live.status({ agent: "broker", note: "one", n: 1, lapsesAtUs: nowUs + 3_600_000_000 });
  expect(await runDurableObjectAlarm(live)).toBe(true);
  expect((await live.snapshot()).alarms).toEqual([]);
  await live.status({ agent: "broker", note: "two", n: 2, lapsesAtUs: nowUs - 1 });
  await runDurableObjectAlarm(live);
  const broken = { kind: "lease-broken", atUs: nowUs - 1, detail: "broker" };
  expect((await live.snapshot()).alarms).toEqual([broken]);
  await live.status({ agent: "broker", note: "three", n: 3, lapsesAtUs });
  expect((await live.snapshot()).alarms).toEqual([]);
});

it("wakes once for many leases, a minute after the first one's end", async () => {
  const live = room("wakes");
  const alarmMs = () => runInDurableObject(live, (_, { storage }) => storage.getAlarm());
  const nowUs = Date.now() * 1000;
  for (const n of [1, 2, 3]) {
    const lease = { agent: "broker", note: `${n}`, n, lapsesAtUs: nowUs + n * 5_000_000 } as const;
    await live.status(lease);
    expect(await alarmMs()).toBe(Math.ceil((nowUs + 65_000_000) / 1000));
  }
  expect(await runDurableObjectAlarm(live)).toBe(true);
  expect(await alarmMs()).toBe(Math.ceil((nowUs + 75_000_000) / 1000));
});

it("drops the alarm of a fork when the operator ended the freeze, and no other; a new fork alarms again", async () => {
  const live = room("unfrozen");
  await live.pending([fillLine(4)]);
  await live.pending([fillLine(4, "4801.00")]);
  await live.forked("two roots at size 1");
  await live.unfrozen();
  const kinds = async () => (await live.snapshot()).alarms.map(({ kind }) => kind);
  expect(await kinds()).toEqual(["pending-differs"]);
  await live.forked("two roots at size 1");
  expect(await kinds()).toEqual(["pending-differs", "fork"]);
});

it("copies its state to KV once, not with every change", async () => {
  const live = room("copy");
  await env.KV.delete(SNAPSHOT_KEY);
  await live.status({ agent: "broker", note: "first", n: 1, lapsesAtUs });
  await expect.poll(async () => (await readSnapshot(env.KV))?.broker).toBe("first");
  await live.status({ agent: "broker", note: "second", n: 2, lapsesAtUs });
  await live.snapshot();
  expect((await readSnapshot(env.KV))?.broker).toBe("first");
});
