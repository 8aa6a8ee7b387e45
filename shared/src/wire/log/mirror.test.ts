import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatAddCheckpoint } from "./add-checkpoint.ts";
import { addAnswer } from "./add-outcome.ts";
import { openCosignature } from "./cosignature.ts";
import {
  bench300,
  newMirror,
  ORIGIN,
  SampleLog,
  signerOf,
  statusOf,
  verify,
  witnessKey,
} from "./mirror.fixture.ts";
import { ED25519_COSIGNATURE, vkeyOf } from "./note.ts";

const witness = vkeyOf(witnessKey.name, witnessKey.publicKey, ED25519_COSIGNATURE);

describe("a mirror", () => {
  test("takes a log in any steps and serves what the agent wrote", async () => {
    const log = SampleLog.of(600);
    const steps = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 3, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(steps, async (widths) => {
        const bench = newMirror();
        let size = 0;
        for (const width of widths) {
          const next = Math.min(600, size + width);
          if (next > size) await bench.push(log, size, next);
          size = next;
        }
        expect(bench.mirror.state.root).toEqual(log.rootAt(size));
        for (const { name, bytes } of log.puts(0, size)) {
          expect(await bench.mirror.readTile(name)).toEqual(bytes);
        }
        expect(bench.storage.slots.size).toBe(log.puts(0, size).length);
      }),
      { numRuns: 8 },
    );
  });

  test("serves every partial tile of an earlier checkpoint and nothing beyond the newest", async () => {
    const { bench, log } = await bench300();
    for (const size of [1, 100, 255, 256, 260]) {
      for (const { name, bytes } of log.puts(0, size)) {
        expect(await bench.mirror.readTile(name)).toEqual(bytes);
      }
    }
    const beyond = { level: "entries", index: 1, width: 5 } as const;
    expect(await bench.mirror.readTile(beyond)).toBeNull();
    expect(await bench.mirror.readTile({ level: 0, index: 1, width: 44 })).toBeNull();
    expect(await bench.mirror.readTile({ level: 3, index: 0, width: 1 })).toBeNull();
  });

  test("cosigns with a time that the witness key vouches for", async () => {
    const bench = newMirror();
    const log = SampleLog.of(3);
    await bench.push(log, 0, 3);
    const { note: stored, cosignature, minute } = bench.mirror.state;
    const opened = await openCosignature(`${stored}${cosignature}`, witness, verify);
    expect(opened.timestampSeconds).toBe(1_700_000_000);
    expect(minute).toBe("2024-01-09T00:02Z");
  });

  test("derives the tiles that nobody PUT", async () => {
    const bench = newMirror();
    const log = SampleLog.of(300);
    for (const { name, bytes } of log.puts(0, 300)) {
      if (name.level === "entries") await bench.mirror.putTile(name, bytes);
    }
    expect(await statusOf(bench, await log.addAt(0, 300))).toBe(200);
    for (const { name, bytes } of log.puts(0, 300)) {
      expect(await bench.mirror.readTile(name)).toEqual(bytes);
    }
  });

  test("answers the same checkpoint again with the same bytes and writes nothing", async () => {
    const { bench, log } = await bench300();
    const first = await bench.mirror.addCheckpoint(await log.addAt(260, 300));
    const before = bench.dump();
    const again = await bench.mirror.addCheckpoint(await log.addAt(300, 300));
    expect(addAnswer(again)).toEqual(addAnswer(first));
    expect(again).toMatchObject({ kind: "cosigned", advanced: false });
    expect(bench.dump()).toBe(before);
  });

  test("takes an empty log's checkpoint", async () => {
    const bench = newMirror();
    const log = new SampleLog();
    expect(await statusOf(bench, await log.addAt(0, 0))).toBe(200);
    const before = bench.dump();
    expect(await statusOf(bench, await log.addAt(0, 0))).toBe(200);
    expect(bench.dump()).toBe(before);
  });
});

const other = SampleLog.of(300, "b");

describe("a fork", () => {
  test("keeps both notes, freezes the log and answers 409 from then on", async () => {
    const { bench, log } = await bench300();
    const forged = formatAddCheckpoint({ oldSize: 260, proof: [], note: await other.noteAt(260) });
    const outcome = await bench.mirror.addCheckpoint(forged);
    expect(outcome).toMatchObject({ kind: "conflict", size: 260, forked: true });
    expect(addAnswer(outcome)).toMatchObject({ status: 409, body: "260\n" });
    expect(bench.storage.evidence).toEqual([
      {
        size: 260,
        cosigned: await log.noteAt(260),
        other: await other.noteAt(260),
        unfrozen: null,
      },
    ]);
    const before = bench.dump();
    for (const body of [await log.addAt(260, 300), await log.addAt(260, 260), forged]) {
      const later = await bench.mirror.addCheckpoint(body);
      expect(later).toMatchObject({ kind: "conflict", forked: false });
      expect(addAnswer(later).headers["believe-log"]).toBe("frozen");
    }
    const put = await bench.mirror.putTile(
      { level: "entries", index: 1, width: 41 },
      log.bundle({ level: "entries", index: 1, width: 41 }),
    );
    expect(put.kind).toBe("same");
    const more = SampleLog.of(310);
    const ahead = { level: "entries", index: 1, width: 54 } as const;
    expect((await bench.mirror.putTile(ahead, more.bundle(ahead))).kind).toBe("frozen");
    expect(bench.dump()).toBe(before);
  });

  test("needs the log's own signature", async () => {
    const { bench } = await bench300();
    const forged = await other.noteAt(260, signerOf(ORIGIN, 9));
    const body = formatAddCheckpoint({ oldSize: 260, proof: [], note: forged });
    expect(await statusOf(bench, body)).toBe(403);
    expect(bench.mirror.state.frozen).toBeNull();
  });
});
