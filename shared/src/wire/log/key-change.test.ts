import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyChain } from "./key-chain.ts";
import { formatKeyChange, openKeyChange, signKeyChange } from "./key-change.ts";
import { journalKey, ORIGIN, SampleLog, signerOf, verify } from "./mirror.fixture.ts";
import { type Signer, signNote, vkeyOf } from "./note.ts";

const vkey = ({ name, publicKey }: Signer): string => vkeyOf(name, publicKey);
const second = signerOf(ORIGIN, 21);
const third = signerOf(ORIGIN, 22);
const log = SampleLog.of(9);
const at = (size: number) => ({ origin: ORIGIN, size, root: log.rootAt(size) });
const change = { ...at(4), oldVkey: vkey(journalKey), newVkey: vkey(second) };
const lineOf = async (text: string, signer: Signer): Promise<string> =>
  (await signNote(text, signer)).slice(text.length + 1);

describe("a key-change note", () => {
  test("opens as what both keys signed", async () => {
    const note = await signKeyChange(at(4), journalKey, second);
    expect(await openKeyChange(note, ORIGIN, verify)).toEqual(change);
  });

  test("with any byte changed is refused", async () => {
    const note = await signKeyChange(at(4), journalKey, second);
    await fc.assert(
      fc.asyncProperty(fc.nat(note.length - 1), fc.integer({ min: 1, max: 127 }), async (i, by) => {
        const changed = String.fromCharCode(note.charCodeAt(i) ^ by);
        const forged = note.slice(0, i) + changed + note.slice(i + 1);
        const opened = openKeyChange(forged, ORIGIN, verify);
        await expect(opened).rejects.toMatchObject({ name: "LogFailure" });
      }),
      { numRuns: 60 },
    );
  });

  test("needs the signatures of both, the old key's first, and no other", async () => {
    const text = formatKeyChange(change);
    const old = await lineOf(text, journalKey);
    const next = await lineOf(text, second);
    const stranger = await lineOf(text, third);
    const badOld = await lineOf(`${text}other\n`, journalKey);
    const badNext = await lineOf(`${text}other\n`, second);
    const cases: [string, string][] = [
      [old, "malformed"],
      [next, "malformed"],
      [old + next + stranger, "malformed"],
      [old + old, "unknown-key"],
      [next + next, "unknown-key"],
      [next + old, "unknown-key"],
      [old + stranger, "unknown-key"],
      [stranger + next, "unknown-key"],
      [badOld + next, "bad-signature"],
      [old + badNext, "bad-signature"],
    ];
    for (const [lines, code] of cases) {
      const opened = openKeyChange(`${text}\n${lines}`, ORIGIN, verify);
      await expect(opened).rejects.toMatchObject({ code });
    }
  });

  test("names two different keys of the log", async () => {
    const foreign = signerOf("log.example.test/j/other", 21);
    const pairs = [
      [journalKey, journalKey],
      [journalKey, foreign],
      [foreign, second],
    ] as const;
    for (const [old, next] of pairs) {
      await expect(signKeyChange(at(4), old, next)).rejects.toMatchObject({ code: "malformed" });
    }
    const note = await signKeyChange(at(4), journalKey, second);
    const elsewhere = openKeyChange(note, "log.example.test/j/other", verify);
    await expect(elsewhere).rejects.toMatchObject({ code: "malformed" });
  });
});

describe("a chain of keys", () => {
  const links = async (): Promise<[string, string]> => [
    await signKeyChange(at(4), journalKey, second),
    await signKeyChange(at(7), second, third),
  ];
  const spans = [
    { vkey: vkey(journalKey), fromSize: 0, toSize: 4 },
    { vkey: vkey(second), fromSize: 4, toSize: 7 },
    { vkey: vkey(third), fromSize: 7, toSize: null },
  ];

  test("leads from any of its keys to the one in force", async () => {
    const notes = await links();
    for (const [i, signer] of [journalKey, second, third].entries()) {
      expect(await keyChain(notes, vkey(signer), ORIGIN, verify)).toEqual(spans.slice(i));
    }
    expect(await keyChain([], vkey(second), ORIGIN, verify)).toEqual([
      { vkey: vkey(second), fromSize: 0, toSize: null },
    ]);
  });

  const refused = async (notes: readonly string[], known: Signer, place: string) =>
    expect(keyChain(notes, vkey(known), ORIGIN, verify)).rejects.toMatchObject({
      code: "tampered",
      facts: { place },
    });

  test("is refused at the link that does not follow", async () => {
    const [one, two] = await links();
    const stranger = signerOf(ORIGIN, 23);
    await refused([one, two], stranger, "key-changes/0");
    await refused([two, one], second, "key-changes/1");
    await refused([one, one], journalKey, "key-changes/1");
    await refused([one, two.replace("\n7\n", "\n8\n")], journalKey, "key-changes/1");
    await refused([one, "what is this\n"], journalKey, "key-changes/1");
    await refused([two], journalKey, "key-changes/0");
    const skips = await signKeyChange(at(7), stranger, third);
    await refused([one, skips], journalKey, "key-changes/1");
    const shrinks = await signKeyChange(at(3), second, third);
    await refused([one, shrinks], journalKey, "key-changes/1");
    const back = await signKeyChange(at(7), second, journalKey);
    await refused([one, back], journalKey, "key-changes/1");
    const otherRoot = SampleLog.of(4, "b").rootAt(4);
    const forks = await signKeyChange({ ...at(4), root: otherRoot }, second, third);
    await refused([one, forks], journalKey, "key-changes/1");
    const sameSize = await signKeyChange(at(4), second, third);
    expect(await keyChain([one, sameSize], vkey(journalKey), ORIGIN, verify)).toHaveLength(3);
  });

  test("starts at a key of the log only", async () => {
    await refused([], signerOf("log.example.test/j/other", 1), "key-changes/0");
  });
});
