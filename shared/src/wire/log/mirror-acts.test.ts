import { utf8 } from "@believe/shared/base";
import { describe, expect, test } from "vitest";
import { formatAddCheckpoint } from "./add-checkpoint.ts";
import { signKeyChange } from "./key-change.ts";
import {
  type Bench,
  bench300,
  journalKey,
  newMirror,
  ORIGIN,
  operatorKey,
  recordLine,
  SampleLog,
  signerOf,
  statusOf,
} from "./mirror.fixture.ts";
import { type Signer, vkeyOf } from "./note.ts";
import { openingText } from "./opening.ts";
import { signUnfreeze } from "./unfreeze.ts";

const other = SampleLog.of(300, "b");
const second = signerOf(ORIGIN, 21);
const third = signerOf(ORIGIN, 22);

/** A checkpoint of the other history, as whoever holds the log's key would sign it. */
async function forge(size: number, signer: Signer = journalKey): Promise<string> {
  const note = await other.noteAt(size, signer);
  return formatAddCheckpoint({ oldSize: size, proof: [], note });
}

async function unfreezeOf(
  size: number,
  otherRoot: Uint8Array<ArrayBuffer> | null,
  changed: { readonly reason?: string; readonly root?: Uint8Array<ArrayBuffer> } = {},
): Promise<string> {
  const root = SampleLog.of(300).rootAt(size);
  const all = { origin: ORIGIN, size, root, otherRoot, reason: "a drill", ...changed };
  return signUnfreeze(all, operatorKey);
}

const conflict = { kind: "conflict", size: 260 };
const changeAt = (log: SampleLog, size: number, old: Signer, next: Signer): Promise<string> =>
  signKeyChange({ origin: ORIGIN, size, root: log.rootAt(size) }, old, next);

/** A log of 260 that was frozen by a checkpoint of the other history. */
async function frozenAt(size: number): Promise<{ bench: Bench; log: SampleLog }> {
  const { bench, log } = await bench300();
  const forked = await bench.mirror.addCheckpoint(await forge(size));
  expect(forked).toMatchObject({ ...conflict, forked: true });
  return { bench, log };
}

describe("a checkpoint that is smaller than the log", () => {
  test("freezes it when its root is not the log's there, whatever the size", async () => {
    for (const size of [1, 100, 256, 259]) {
      const { bench, log } = await frozenAt(size);
      expect(bench.mirror.state.frozen).toContain(`size ${size}`);
      expect(bench.mirror.forks).toEqual([
        {
          size,
          cosigned: await log.noteAt(260),
          other: await other.noteAt(size),
          unfrozen: null,
        },
      ]);
    }
  });

  test("is an old one and no more when it is the log's own", async () => {
    const { bench, log } = await bench300();
    const before = bench.dump();
    for (const size of [0, 1, 100, 255, 256, 259]) {
      const body = formatAddCheckpoint({ oldSize: 0, proof: [], note: await log.noteAt(size) });
      expect(await bench.mirror.addCheckpoint(body)).toMatchObject({ ...conflict, frozen: null });
    }
    expect(bench.dump()).toBe(before);
  });
});

test("an opening that comes while a smaller checkpoint is compared is counted all the same", async () => {
  const bench = newMirror();
  const log = new SampleLog([[recordLine(0)], [recordLine(1)], [recordLine(2)]]);
  await bench.push(log, 0, 3);
  const item = { line: recordLine(0) };
  const { minute = "" } = log.leaves[0] ?? {};
  const salt = log.saltOf(0);
  const body = utf8(openingText({ origin: ORIGIN, leaf: 0, minute, salt, items: [item] }));
  const forged = await forge(1);
  const { storage } = bench;
  const { slot } = storage;
  let opening: Promise<unknown> | null = null;
  storage.slot = (name) => {
    // The opening looks at slots too.
    storage.slot = slot;
    opening = bench.mirror.putOpening(0, body);
    return slot.call(storage, name);
  };
  expect(await bench.mirror.addCheckpoint(forged)).toMatchObject({ forked: true });
  await opening;
  expect(bench.mirror.state).toMatchObject({ openedLines: 1, openedLeaves: 1 });
  expect(bench.mirror.state.frozen).not.toBeNull();
});

describe("an unfreeze", () => {
  test("lets the log go on, keeps the evidence, and leaves the other history void", async () => {
    for (const size of [100, 260]) {
      const { bench, log } = await frozenAt(size);
      const note = await unfreezeOf(260, other.rootAt(size));
      expect(await bench.mirror.unfreeze(note)).toEqual({ kind: "taken", changed: true });
      expect(bench.mirror.state.frozen).toBeNull();
      expect(bench.mirror.forks).toMatchObject([{ size, unfrozen: note }]);
      const after = bench.dump();
      expect(await bench.mirror.unfreeze(note)).toEqual({ kind: "taken", changed: false });
      expect(await statusOf(bench, await forge(size))).toBe(422);
      expect(bench.dump()).toBe(after);
      expect(await statusOf(bench, await log.addAt(260, 300))).toBe(200);
      expect(await statusOf(bench, await forge(size))).toBe(422);
      const next = await bench.mirror.addCheckpoint(await forge(size + 1));
      expect(next).toMatchObject({ forked: true });
    }
  });

  test("speaks of the checkpoint that is stored and of the fork that froze it", async () => {
    const { bench } = await frozenAt(260);
    const before = bench.dump();
    for (const note of [
      await unfreezeOf(259, other.rootAt(260)),
      await unfreezeOf(260, null, { root: other.rootAt(260) }),
      await unfreezeOf(260, other.rootAt(259)),
    ]) {
      expect(await bench.mirror.unfreeze(note)).toMatchObject(conflict);
    }
    const forged = (await unfreezeOf(260, null)).replace("drill", "fraud");
    expect(await bench.mirror.unfreeze(forged)).toMatchObject({ kind: "untrusted" });
    expect(await bench.mirror.unfreeze("junk\n")).toMatchObject({ kind: "malformed" });
    expect(bench.dump()).toBe(before);
    const unknown = await unfreezeOf(260, null);
    expect(await bench.mirror.unfreeze(unknown)).toEqual({ kind: "taken", changed: true });
  });

  test("that ended one freeze ends no other", async () => {
    const { bench } = await frozenAt(260);
    const first = await unfreezeOf(260, null);
    await bench.mirror.unfreeze(first);
    await bench.mirror.addCheckpoint(await forge(250));
    const before = bench.dump();
    expect(await bench.mirror.unfreeze(first)).toMatchObject(conflict);
    expect(bench.dump()).toBe(before);
    const next = await unfreezeOf(260, null, { reason: "once more" });
    expect(await bench.mirror.unfreeze(next)).toEqual({ kind: "taken", changed: true });
    expect(await bench.mirror.unfreeze(first)).toMatchObject({ ...conflict, frozen: null });
    expect(bench.mirror.forks.map(({ unfrozen }) => unfrozen)).toEqual([first, next]);
  });

  test("of a log that is not frozen is refused", async () => {
    const { bench } = await bench300();
    const note = await unfreezeOf(260, null);
    expect(await bench.mirror.unfreeze(note)).toMatchObject({ ...conflict, frozen: null });
  });
});

describe("a key change", () => {
  test("puts the new key in force: what the old one signs is refused from then on", async () => {
    const { bench, log } = await bench300();
    const note = await changeAt(log, 260, journalKey, second);
    expect(await bench.mirror.changeKey(note)).toEqual({ kind: "taken", changed: true });
    expect(bench.mirror.vkeys).toEqual([vkeyOf(ORIGIN, second.publicKey)]);
    const after = bench.dump();
    expect(await bench.mirror.changeKey(note)).toEqual({ kind: "taken", changed: false });
    for (const body of [await log.addAt(260, 300), await log.addAt(260, 260), await forge(9)]) {
      expect(await statusOf(bench, body)).toBe(403);
    }
    expect(bench.dump()).toBe(after);
    const { cosignature } = bench.mirror.state;
    const same = await bench.mirror.addCheckpoint(await log.addAt(260, 260, second));
    expect(same).toMatchObject({ kind: "cosigned", lines: cosignature, advanced: true });
    expect(bench.mirror.state.note).toBe(await log.noteAt(260, second));
    expect(await statusOf(bench, await log.addAt(260, 300, second))).toBe(200);
    const again = await changeAt(log, 300, second, third);
    expect(await bench.mirror.changeKey(again)).toEqual({ kind: "taken", changed: true });
    expect(bench.mirror.keyChanges).toEqual([note, again]);
    expect(await bench.mirror.changeKey(note)).toEqual({ kind: "taken", changed: false });
  });

  test("must hand over from the key in force, at the stored checkpoint, to a key that never was", async () => {
    const { bench, log } = await bench300();
    await bench.mirror.changeKey(await changeAt(log, 260, journalKey, second));
    const before = bench.dump();
    const refused: [string, string][] = [
      [await changeAt(log, 260, journalKey, third), "conflict"],
      [await changeAt(log, 259, second, third), "conflict"],
      [await changeAt(other, 260, second, third), "conflict"],
      [await changeAt(log, 300, second, third), "conflict"],
      [await changeAt(log, 260, second, journalKey), "malformed"],
      [(await changeAt(log, 260, second, third)).replace("\n260\n", "\n261\n"), "untrusted"],
      ["junk\n", "malformed"],
    ];
    for (const [note, kind] of refused) {
      expect(await bench.mirror.changeKey(note)).toMatchObject({ kind });
    }
    expect(bench.dump()).toBe(before);
  });

  test("of a frozen log waits for the operator", async () => {
    const { bench, log } = await frozenAt(260);
    const note = await changeAt(log, 260, journalKey, second);
    expect(await bench.mirror.changeKey(note)).toMatchObject({ ...conflict, kind: "conflict" });
    await bench.mirror.unfreeze(await unfreezeOf(260, null));
    expect(await bench.mirror.changeKey(note)).toEqual({ kind: "taken", changed: true });
  });

  test("and a checkpoint by the old key that come at once: the second is refused", async () => {
    const { bench, log } = await bench300();
    const note = await changeAt(log, 260, journalKey, second);
    const add = await log.addAt(260, 300);
    const outcomes = await Promise.all([
      bench.mirror.changeKey(note),
      bench.mirror.addCheckpoint(add),
    ]);
    const both = outcomes.map(({ kind }) => kind).join();
    expect(["taken,untrusted", "conflict,cosigned"]).toContain(both);
    const isMoved = bench.mirror.state.size === 300;
    expect(bench.mirror.keyChanges).toHaveLength(isMoved ? 0 : 1);
  });
});

test("a failing write leaves neither half of an act", async () => {
  const { bench, log } = await frozenAt(260);
  const before = bench.dump();
  const { setState } = bench.storage;
  bench.storage.setState = () => {
    throw new Error("the disk is full");
  };
  await expect(bench.mirror.unfreeze(await unfreezeOf(260, null))).rejects.toThrow("disk");
  expect(bench.dump()).toBe(before);
  bench.storage.setState = setState;
  await bench.mirror.unfreeze(await unfreezeOf(260, null));
  expect(await statusOf(bench, await log.addAt(260, 300))).toBe(200);
});
