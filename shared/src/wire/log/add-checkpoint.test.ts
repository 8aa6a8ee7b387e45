import type { Bytes } from "@believe/shared/base";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { faults } from "./add-checkpoint.fixture.ts";
import { addAnswer } from "./add-outcome.ts";
import {
  type Bench,
  bench300,
  journalKey,
  newMirror,
  ORIGIN,
  SampleLog,
  statusOf,
} from "./mirror.fixture.ts";
import { LogMirror } from "./mirror.ts";
import { vkeyOf } from "./note.ts";

describe("add-checkpoint", () => {
  test.each(faults)("with %s answers %i and stores nothing", async (_, status, body) => {
    const { bench, log } = await bench300();
    const before = bench.dump();
    const answer = addAnswer(await bench.mirror.addCheckpoint(await body(log)));
    expect(answer.status).toBe(status);
    if (status === 409) {
      expect(answer.body).toBe("260\n");
      expect(answer.headers["content-type"]).toBe("text/x.tlog.size");
    }
    expect(bench.dump()).toBe(before);
    expect(await statusOf(bench, await log.addAt(260, 300))).toBe(200);
  });

  const changes: [
    string,
    (log: SampleLog) => { name: Parameters<LogMirror["putTile"]>[0]; bytes: Bytes }[],
  ][] = [
    ["without its newest bundle", (log) => log.puts(260, 299)],
    [
      "with a bundle of another entry",
      (log) =>
        log.puts(260, 300).map(({ name, bytes }) => {
          const changed = bytes.slice();
          if (name.level === "entries") changed[changed.length - 3] = 65;
          return { name, bytes: changed };
        }),
    ],
    [
      "with a hash tile that is not the recomputed one",
      (log) =>
        log.puts(260, 300).map(({ name, bytes }) => {
          const changed = bytes.slice();
          if (name.level === 0) changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
          return { name, bytes: changed };
        }),
    ],
  ];
  test.each(changes)("%s answers 422 and stores nothing, and recovers", async (_, puts) => {
    const bench = newMirror();
    const log = SampleLog.of(300);
    await bench.push(log, 0, 260);
    for (const { name, bytes } of puts(log)) await bench.mirror.putTile(name, bytes);
    const before = bench.dump();
    expect(await statusOf(bench, await log.addAt(260, 300))).toBe(422);
    expect(bench.dump()).toBe(before);
    for (const { name, bytes } of log.puts(260, 300)) await bench.mirror.putTile(name, bytes);
    expect(await statusOf(bench, await log.addAt(260, 300))).toBe(200);
  });

  test("with any character changed is refused and stores nothing", async () => {
    const { bench, log } = await bench300();
    const body = await log.addAt(260, 300);
    const before = bench.dump();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(body.length - 1),
        fc.integer({ min: 1, max: 127 }),
        async (at, by) => {
          const changed = String.fromCharCode(body.charCodeAt(at) ^ by);
          const status = await statusOf(bench, body.slice(0, at) + changed + body.slice(at + 1));
          expect([400, 403, 404, 409, 422]).toContain(status);
        },
      ),
      { numRuns: 80 },
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 200 }), async (junk) => {
        expect(await statusOf(bench, junk)).toBe(400);
        expect(await statusOf(bench, `old 260\n\n${junk}`)).toBe(400);
      }),
    );
    expect(bench.dump()).toBe(before);
  });

  test("after any flipped bit in a new entry or tile is refused", async () => {
    const log = SampleLog.of(20);
    const body = await log.addAt(3, 20);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(7), fc.boolean(), async (pick, bit, inTile) => {
        const bench = newMirror();
        await bench.push(log, 0, 3);
        for (const { name, bytes } of log.puts(3, 20)) {
          const isTarget = (name.level === 0) === inTile;
          const changed = bytes.slice();
          const at = pick % changed.length;
          changed[at] = (changed[at] ?? 0) ^ (isTarget ? 1 << bit : 0);
          await bench.mirror.putTile(name, changed);
        }
        const before = bench.dump();
        const status = await statusOf(bench, body);
        // A change of covered bytes is refused at its PUT: then the bundle is missing, but a tile is derived.
        const isDerived = inTile && pick % (32 * 20) < 32 * 3;
        expect(status).toBe(isDerived ? 200 : 422);
        if (!isDerived) expect(bench.dump()).toBe(before);
        for (const { name, bytes } of isDerived ? log.puts(0, 20) : []) {
          expect(await bench.mirror.readTile(name)).toEqual(bytes);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("twice at once moves the log once", async () => {
    const { bench, log } = await bench300();
    const [a, b] = await Promise.all([
      bench.mirror.addCheckpoint(await log.addAt(260, 300)),
      bench.mirror.addCheckpoint(await log.addAt(260, 290)),
    ]);
    expect([a.kind, b.kind].sort()).toEqual(["conflict", "cosigned"]);
    expect(bench.mirror.state.size).toBe(a.kind === "cosigned" ? 300 : 290);
  });

  test("starts over when a PUT changes a bundle while a blob is written", async () => {
    const bench = newMirror();
    const log = SampleLog.of(256);
    const wrong = SampleLog.of(256, "x");
    for (const { name, bytes } of log.puts(0, 256)) await bench.mirror.putTile(name, bytes);
    const put = bench.blobs.put.bind(bench.blobs);
    bench.blobs.put = async (key, bytes) => {
      bench.blobs.put = put;
      await put(key, bytes);
      for (const tile of wrong.puts(0, 256)) await bench.mirror.putTile(tile.name, tile.bytes);
    };
    expect(await statusOf(bench, await log.addAt(0, 256))).toBe(422);
    expect(bench.mirror.state.size).toBe(0);
    for (const { name, bytes } of log.puts(0, 256)) await bench.mirror.putTile(name, bytes);
    expect(await statusOf(bench, await log.addAt(0, 256))).toBe(200);
  });

  test("stores nothing when the blob store or the transaction fails, and takes it later", async () => {
    const bench = newMirror();
    const log = SampleLog.of(256);
    for (const { name, bytes } of log.puts(0, 256)) await bench.mirror.putTile(name, bytes);
    const before = bench.dump();
    const put = bench.blobs.put.bind(bench.blobs);
    bench.blobs.put = () => Promise.reject(new Error("expected a blob store, was none"));
    await expect(bench.mirror.addCheckpoint(await log.addAt(0, 256))).rejects.toThrow("blob store");
    expect(bench.dump()).toBe(before);
    bench.blobs.put = put;
    const setState = bench.storage.setState.bind(bench.storage);
    bench.storage.setState = () => {
      throw new Error("expected a disk, was none");
    };
    await expect(bench.mirror.addCheckpoint(await log.addAt(0, 256))).rejects.toThrow("disk");
    bench.storage.setState = setState;
    expect(bench.mirror.state.size).toBe(0);
    expect(await statusOf(bench, await log.addAt(0, 256))).toBe(200);
  });
});

/** The faults that `answer` lets pass: another status, or something was stored. */
async function passed(answer: (bench: Bench, body: string) => Promise<number>): Promise<string[]> {
  const found: string[] = [];
  for (const [what, status, body] of faults) {
    const { bench, log } = await bench300();
    const before = bench.dump();
    const isAsAsked = (await answer(bench, await body(log))) === status;
    if (!isAsAsked || bench.dump() !== before) found.push(what);
  }
  return found;
}

describe("the failure table", () => {
  test("finds nothing in the mirror", async () => {
    expect(await passed(statusOf)).toEqual([]);
  });

  test("catches a mirror that looks at neither root nor proof", async () => {
    const honest = SampleLog.of(300);
    const found = await passed(async (bench, body) => {
      const status = await statusOf(bench, body);
      return status === 422 ? statusOf(bench, await honest.addAt(260, 300)) : status;
    });
    expect(found).toEqual(faults.filter(([, status]) => status === 422).map(([what]) => what));
  });

  test("catches a mirror that believes every signature", async () => {
    const found = await passed(async ({ storage, blobs }, body) => {
      const mirror = new LogMirror({
        origin: ORIGIN,
        vkeys: [vkeyOf(ORIGIN, journalKey.publicKey)],
        verify: async () => true,
        storage,
        blobs,
        cosign: async () => "",
      });
      return addAnswer(await mirror.addCheckpoint(body)).status;
    });
    expect(found).toEqual(["a false signature by the known key"]);
  });
});
