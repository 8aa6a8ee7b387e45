import { env, evictDurableObject, reset, runInDurableObject } from "cloudflare:test";
import { openNote, parsePolicy, signKeyChange, vkeyOf } from "@believe/shared/wire/log";
import { beforeEach, expect, it } from "vitest";
import { verify } from "../src/middleware/signed.ts";
import { JournalDO } from "../src/objects/journal-do.ts";
import { DASHBOARD, signers, testEstate, testSigner } from "./agents.ts";
import { type JournalStub, push, SampleLog, storedLog } from "./sample-log.ts";
import { ask, get, liveState, refusalOf } from "./state.ts";

const SIZE = 5;
const sample = new SampleLog(SIZE + 2);
const other = new SampleLog(SIZE + 2, "1.00");
let log: JournalStub;

const post = (what: string, body: string | Uint8Array<ArrayBuffer>, agent = "broker") =>
  ask(new Request(`${DASHBOARD}/log/${agent}/${what}`, { method: "POST", body }));
const json = async (what: string): Promise<unknown> => (await get(`/log/broker/${what}`)).json();
const answer = async (response: Response): Promise<readonly [number, string | null, string]> => [
  response.status,
  response.headers.get("believe-log"),
  await response.text(),
];
const alarms = async () => (await liveState()).alarms.map(({ kind }) => kind);

beforeEach(async () => {
  await reset();
  log = env.JOURNAL.getByName("broker");
  await push(log, sample, 0, SIZE);
});

const freeze = async (size = SIZE) => post("add-checkpoint", await other.addAt(size, size));

it("is frozen by a smaller checkpoint too, and goes on after the operator's note; the page follows", async () => {
  for (const size of [SIZE, 2]) {
    expect(await answer(await freeze(size))).toEqual([409, "frozen", `${SIZE}\n`]);
    expect(await alarms()).toEqual(["fork"]);
    const note = await sample.unfreezeAt(SIZE, other.rootAt(size));
    expect(await answer(await post("unfreeze", note))).toEqual([200, null, "taken\n"]);
    expect(await answer(await post("unfreeze", note))).toEqual([200, null, "known\n"]);
    expect(await alarms()).toEqual([]);
    await evictDurableObject(log);
    expect((await freeze(size)).status, "the void checkpoint freezes nothing").toBe(422);
  }
  const forks = await get("/log/broker/forks");
  expect(forks.headers.get("cache-control")).toBe("no-store");
  expect(await forks.json()).toEqual({
    v: 1,
    origin: "log.example.test/j/broker",
    forks: await Promise.all(
      [SIZE, 2].map(async (size) => ({
        size,
        cosigned: await sample.noteAt(SIZE),
        other: await other.noteAt(size),
        unfrozen: await sample.unfreezeAt(SIZE, other.rootAt(size)),
      })),
    ),
  });
  expect(await json("state")).toMatchObject({ frozen: null, forks: 2 });
  expect(await push(log, sample, SIZE, SIZE + 2)).toBe("cosigned");
});

it("is unfrozen by the operator only, and stores nothing of any other note", async () => {
  await freeze();
  const before = await storedLog(log);
  const good = await sample.unfreezeAt(SIZE, other.rootAt(SIZE));
  const cases: [string, number][] = [
    ["", 400],
    [good.replace("a drill", "a fraud"), 403],
    [await sample.keyChangeAt(SIZE), 400],
    [await sample.unfreezeAt(4, null), 409],
    [await other.unfreezeAt(SIZE, null), 409],
    [await sample.unfreezeAt(SIZE, other.rootAt(2)), 409],
  ];
  for (const [note, status] of cases) {
    const [is, , body] = await answer(await post("unfreeze", note));
    expect([note, is]).toEqual([note, status]);
    if (status === 409) expect(body).toBe(`${SIZE}\n`);
  }
  expect((await post("unfreeze", new Uint8Array([0xff]))).status).toBe(400);
  expect(await refusalOf(await post("unfreeze", "x".repeat(4097)))).toBe("413 body-too-large");
  expect(await refusalOf(await post("unfreeze", good, "research"))).toBe("404 unknown-log");
  expect(await storedLog(log)).toBe(before);
  const { operator: _, ...keys } = (await testEstate()).keys;
  const edge = { ...env, ESTATE: JSON.stringify({ ...(await testEstate()), keys }) };
  const told = await runInDurableObject(log, (_instance, state) =>
    Reflect.construct(JournalDO, [state, edge]).unfreeze(good),
  );
  expect(told).toMatchObject({ kind: "untrusted" });
  expect(await storedLog(log)).toBe(before);
});

it("hands over to a new key: checkpoints, vkey and policy follow, after an eviction too", async () => {
  const next = await signers.nextJournal();
  const vkey = vkeyOf(next.name, next.publicKey);
  const note = await sample.keyChangeAt(SIZE);
  expect(
    (await post("add-checkpoint", await sample.addAt(SIZE, SIZE, signers.nextJournal()))).status,
  ).toBe(403);
  expect(await answer(await post("key-change", note))).toEqual([200, null, "taken\n"]);
  expect(await answer(await post("key-change", note))).toEqual([200, null, "known\n"]);
  await evictDurableObject(log);
  expect((await post("add-checkpoint", await sample.addAt(SIZE, SIZE))).status).toBe(403);
  const again = await post("add-checkpoint", await sample.addAt(SIZE, SIZE, signers.nextJournal()));
  expect(again.status).toBe(200);
  expect(await (await get("/log/broker/vkey")).text()).toBe(`${vkey}\n`);
  const policy = parsePolicy(await (await get("/log/broker/policy")).text());
  expect(policy.logs.map((one) => one.vkey)).toEqual([vkey]);
  const served = await (await get("/log/broker/checkpoint")).text();
  expect(await openNote(served, vkey, verify)).toContain(`\n${SIZE}\n`);
  expect(served.split("\n").filter((line) => line.startsWith("— "))).toHaveLength(2);
  expect(await json("key-changes")).toEqual({
    v: 1,
    origin: "log.example.test/j/broker",
    changes: [note],
  });
  for (const { name, bytes } of sample.puts(SIZE, SIZE + 2)) await log.putTile(name, bytes);
  const add = await sample.addAt(SIZE, SIZE + 2, signers.nextJournal());
  expect((await post("add-checkpoint", add)).status).toBe(200);
});

it("takes no key change from a stranger, of another checkpoint, or of one key alone", async () => {
  const before = await storedLog(log);
  const origin = "log.example.test/j/broker";
  const root = sample.rootAt(SIZE);
  const stranger = await testSigner(origin, 30);
  const next = await signers.nextJournal();
  const good = await sample.keyChangeAt(SIZE);
  const lines = good.split("\n");
  const cases: [string, number][] = [
    ["", 400],
    [await signKeyChange({ origin, size: SIZE, root }, stranger, next), 403],
    [lines.toSpliced(-3, 1).join("\n"), 400],
    [lines.toSpliced(-2, 1).join("\n"), 400],
    [good.replace(`\n${SIZE}\n`, `\n${SIZE + 1}\n`), 403],
    [await sample.keyChangeAt(SIZE - 1), 409],
    [await other.keyChangeAt(SIZE), 409],
  ];
  for (const [note, status] of cases) {
    expect([note, (await post("key-change", note)).status]).toEqual([note, status]);
  }
  expect(await refusalOf(await post("key-change", "x".repeat(4097)))).toBe("413 body-too-large");
  expect(await storedLog(log)).toBe(before);
});

it("tells KV of a new key again when the first time failed", async () => {
  const kv = {
    ...env.KV,
    put: () => Promise.reject(new Error("KV is away")),
    get: async () => null,
  };
  const note = await sample.keyChangeAt(SIZE);
  await runInDurableObject(log, async (_, state) => {
    const first = Reflect.construct(JournalDO, [state, { ...env, KV: kv }]);
    expect(await first.changeKey(note)).toEqual({ kind: "taken", changed: true });
  });
  await evictDurableObject(log);
  const add = await sample.addAt(SIZE, SIZE, signers.nextJournal());
  await log.summary();
  await expect.poll(async () => (await post("add-checkpoint", add)).status).toBe(200);
});

it("writes few rows: two for a freeze and for its end, one for a key", async () => {
  const written = () => runInDurableObject(log, ({ store }: JournalDO) => store.rowsWritten);
  const rows: number[] = [];
  let before = await written();
  const acts = [
    freeze,
    async () => post("unfreeze", await sample.unfreezeAt(SIZE, other.rootAt(SIZE))),
    async () => post("unfreeze", await sample.unfreezeAt(SIZE, other.rootAt(SIZE))),
    async () => post("key-change", await sample.keyChangeAt(SIZE)),
    async () => post("key-change", await sample.keyChangeAt(SIZE)),
  ];
  for (const act of acts) {
    await (await act()).text();
    const after = await written();
    rows.push(after - before);
    before = after;
  }
  expect(rows).toEqual([2, 2, 0, 1, 0]);
});

it("goes on from a store that an earlier release left frozen", async () => {
  await freeze();
  await runInDurableObject(log, (_, { storage }) => {
    storage.sql.exec("DROP TABLE unfreeze");
    storage.sql.exec("DROP TABLE key_change");
  });
  await evictDurableObject(log);
  expect(await json("state")).toMatchObject({ size: SIZE, forks: 1 });
  const note = await sample.unfreezeAt(SIZE, other.rootAt(SIZE));
  expect(await answer(await post("unfreeze", note))).toEqual([200, null, "taken\n"]);
  expect((await post("key-change", await sample.keyChangeAt(SIZE))).status).toBe(200);
});
