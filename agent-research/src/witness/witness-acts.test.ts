import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newSeed, signerOf, verifyNode } from "@believe/host/keys";
import { type Bytes, utf8 } from "@believe/shared/base";
import {
  addAnswer,
  checkpointText,
  consistencyProof,
  Frontier,
  formatAddCheckpoint,
  HashTree,
  leafHash,
  type Signer,
  signKeyChange,
  signNote,
  signUnfreeze,
  vkeyOf,
} from "@believe/shared/wire/log";
import { beforeEach, describe, expect, it } from "vitest";
import { Witness, WitnessStore } from "./index.ts";

const ORIGIN = "log.example/j/broker";
const journal = signerOf(ORIGIN, newSeed());
const next = signerOf(ORIGIN, newSeed());
const third = signerOf(ORIGIN, newSeed());
const operator = signerOf(`${ORIGIN}/operator`, newSeed());

class SampleLog {
  readonly tree = new HashTree();
  constructor(salt: string) {
    for (let i = 0; i < 20; i++) this.tree.append(leafHash(utf8(`${salt} ${i}`)));
  }
  root(size: number): Bytes {
    return Frontier.of(size, this.tree.frontier(size)).root();
  }
  note(size: number, signer: Signer): Promise<string> {
    return signNote(checkpointText({ origin: ORIGIN, size, root: this.root(size) }), signer);
  }
  async add(oldSize: number, size: number, signer: Signer = journal): Promise<string> {
    const proof = consistencyProof(oldSize, size, this.tree.hashAt);
    return formatAddCheckpoint({ oldSize, proof, note: await this.note(size, signer) });
  }
  unfreeze(size: number, otherRoot: Bytes | null, reason = "a drill"): Promise<string> {
    const unfreeze = { origin: ORIGIN, size, root: this.root(size), otherRoot, reason };
    return signUnfreeze(unfreeze, operator);
  }
  keyChange(size: number, from: Signer, to: Signer): Promise<string> {
    return signKeyChange({ origin: ORIGIN, size, root: this.root(size) }, from, to);
  }
}

const log = new SampleLog("one");
const fork = new SampleLog("other");
const TAKEN = { kind: "taken", changed: true };
const KNOWN = { kind: "taken", changed: false };
let file: string;
let followedTo: number;
let alarms: string[];

const open = (by: string | undefined = vkeyOf(operator.name, operator.publicKey)): Witness =>
  new Witness({
    origin: ORIGIN,
    vkeys: [vkeyOf(ORIGIN, journal.publicKey)],
    operator: by,
    verify: verifyNode,
    signer: signerOf(`${ORIGIN}/research/witness`, newSeed()),
    store: new WitnessStore(file),
    followedRoot: (size) => (size <= followedTo ? log.root(size) : null),
    wallS: () => 1_700_000_000,
    onAlarm: (detail) => alarms.push(detail),
  });
const ask = async (witness: Witness, body: Promise<string>): Promise<number> =>
  addAnswer(await witness.addCheckpoint(await body)).status;
const onDisk = (): string => readFileSync(file, "utf8");

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "believe-witness-")), "cosigned.json");
  followedTo = 9;
  alarms = [];
});

async function frozen(size: number): Promise<Witness> {
  const witness = open();
  await ask(witness, log.add(0, 9));
  expect(await ask(witness, fork.add(size, size))).toBe(409);
  expect(witness.state.frozen).not.toBeNull();
  return witness;
}

describe("a smaller checkpoint", () => {
  it("that contradicts what was followed is evidence, one that does not is an old one", async () => {
    const witness = open();
    await ask(witness, log.add(0, 9));
    for (const size of [1, 4, 8]) expect(await ask(witness, log.add(0, size))).toBe(409);
    expect(witness.state.frozen).toBeNull();
    await ask(witness, fork.add(4, 4));
    expect(witness.state.evidence).toEqual([await fork.note(4, journal)]);
    expect(alarms).toEqual(["the checkpoint of size 4 is not the one that is served"]);
  });

  it("is no evidence where the witness does not know the log's own root", async () => {
    const witness = open();
    await ask(witness, log.add(0, 9));
    followedTo = 3;
    expect(await ask(witness, fork.add(4, 4))).toBe(409);
    expect(witness.state.frozen).toBeNull();
  });
});

describe("an unfreeze", () => {
  it("lets the witness go on, keeps the evidence, and leaves the void root void for ever", async () => {
    for (const size of [4, 9]) {
      file = `${file}.${size}`;
      const witness = await frozen(size);
      const note = await log.unfreeze(9, fork.root(9));
      expect(await witness.unfreeze(note)).toEqual(TAKEN);
      const after = onDisk();
      expect(await witness.unfreeze(note)).toEqual(KNOWN);
      const again = open();
      expect(again.state.frozen).toBeNull();
      expect(again.state.evidence).toEqual([await fork.note(size, journal)]);
      for (const old of [size, 9]) expect(await ask(again, fork.add(old, old))).toBe(422);
      expect(onDisk()).toBe(after);
      followedTo = 12;
      expect(await ask(again, log.add(9, 12))).toBe(200);
      expect(await ask(again, fork.add(size, size))).toBe(422);
      expect(await ask(again, fork.add(11, 11)), "another one is news").toBe(409);
      expect(again.state.frozen).not.toBeNull();
    }
  });

  it("of a larger log is taken once this agent followed it there, and over what it cosigned", async () => {
    const witness = await frozen(9);
    const before = onDisk();
    const note = await log.unfreeze(12, null);
    expect(await witness.unfreeze(note)).toMatchObject({ kind: "conflict", size: 9 });
    expect(onDisk()).toBe(before);
    followedTo = 12;
    for (const wrong of [await log.unfreeze(8, null), await fork.unfreeze(12, null)]) {
      expect(await witness.unfreeze(wrong)).toMatchObject({ kind: "conflict", size: 9 });
    }
    expect(await witness.unfreeze(await fork.unfreeze(9, null))).toMatchObject({
      kind: "conflict",
    });
    expect(onDisk()).toBe(before);
    expect(await witness.unfreeze(note)).toEqual(TAKEN);
    expect(await ask(witness, log.add(9, 12))).toBe(200);
  });

  it("needs the operator's key, in the note and in the configuration", async () => {
    const witness = await frozen(9);
    const before = onDisk();
    const note = await log.unfreeze(9, null);
    const stranger = open(vkeyOf(operator.name, third.publicKey));
    expect(await stranger.unfreeze(note)).toMatchObject({ kind: "untrusted" });
    expect(await witness.unfreeze(note.replace("drill", "fraud"))).toMatchObject({
      kind: "untrusted",
    });
    expect(await witness.unfreeze("junk")).toMatchObject({ kind: "malformed" });
    const nobody = new Witness({
      origin: ORIGIN,
      vkeys: [vkeyOf(ORIGIN, journal.publicKey)],
      verify: verifyNode,
      signer: journal,
      store: new WitnessStore(file),
      followedRoot: () => null,
      wallS: () => 0,
      onAlarm: () => undefined,
    });
    expect(await nobody.unfreeze(note)).toMatchObject({ kind: "untrusted" });
    expect(onDisk()).toBe(before);
  });

  it("that came without a freeze, or ended an earlier one, ends no later one", async () => {
    const witness = open();
    await ask(witness, log.add(0, 9));
    const early = await log.unfreeze(9, fork.root(3));
    expect(await witness.unfreeze(early)).toMatchObject({ kind: "conflict", frozen: null });
    expect(await ask(witness, fork.add(9, 9))).toBe(409);
    expect(await witness.unfreeze(early)).toMatchObject({ kind: "conflict", size: 9 });
    const first = await log.unfreeze(9, null, "first");
    expect(await witness.unfreeze(first)).toEqual(TAKEN);
    expect(await ask(witness, fork.add(8, 8))).toBe(409);
    expect(await witness.unfreeze(first)).toMatchObject({ kind: "conflict", size: 9 });
    expect(open().state.frozen).not.toBeNull();
    expect(await witness.unfreeze(await log.unfreeze(9, null, "second"))).toEqual(TAKEN);
    expect(await witness.unfreeze(first)).toMatchObject({ kind: "conflict", frozen: null });
  });
});

describe("a key change", () => {
  it("is taken at the checkpoint that was cosigned; the old key is refused from then on", async () => {
    const witness = open();
    await ask(witness, log.add(0, 9));
    const note = await log.keyChange(9, journal, next);
    expect(await witness.changeKey(note)).toEqual(TAKEN);
    const again = open();
    expect(await again.changeKey(note)).toEqual(KNOWN);
    for (const body of [log.add(9, 12), fork.add(9, 9)]) expect(await ask(again, body)).toBe(403);
    expect(again.state.frozen).toBeNull();
    expect(await ask(again, log.add(9, 9, next))).toBe(200);
    expect(await ask(again, log.add(9, 12, next))).toBe(200);
    expect(await again.changeKey(await log.keyChange(12, next, third))).toEqual(TAKEN);
    expect(open().state.keyChanges).toHaveLength(2);
  });

  it("of another checkpoint, from another key, back to an old one, or of a frozen log is refused", async () => {
    const witness = open();
    await ask(witness, log.add(0, 9));
    await witness.changeKey(await log.keyChange(9, journal, next));
    const before = onDisk();
    const refused: [Promise<string>, string][] = [
      [log.keyChange(8, next, third), "conflict"],
      [fork.keyChange(9, next, third), "conflict"],
      [log.keyChange(9, journal, third), "conflict"],
      [log.keyChange(9, next, journal), "malformed"],
      [log.keyChange(9, next, third).then((note) => note.replace("\n9\n", "\n8\n")), "untrusted"],
    ];
    for (const [note, kind] of refused) {
      expect(await witness.changeKey(await note)).toMatchObject({ kind });
    }
    expect(onDisk()).toBe(before);
    await ask(witness, fork.add(9, 9, next));
    const change = await log.keyChange(9, next, third);
    expect(await witness.changeKey(change)).toMatchObject({ kind: "conflict", size: 9 });
    expect(await witness.unfreeze(await log.unfreeze(9, null))).toEqual(TAKEN);
    expect(await witness.changeKey(change)).toEqual(TAKEN);
  });
});

it("goes on from a state that an earlier release left frozen", async () => {
  await frozen(9);
  const { unfreezes: _u, voids: _v, keyChanges: _k, ...older } = JSON.parse(onDisk());
  writeFileSync(file, JSON.stringify(older));
  const witness = open();
  expect(witness.state.frozen).not.toBeNull();
  expect(await witness.unfreeze(await log.unfreeze(9, null))).toEqual(TAKEN);
  expect(await ask(witness, fork.add(9, 9))).toBe(422);
});
