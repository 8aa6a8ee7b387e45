import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newSeed, signerOf, verifyNode } from "@believe/host/keys";
import { type Bytes, base64, utf8 } from "@believe/shared/base";
import {
  addAnswer,
  checkpointText,
  consistencyProof,
  ED25519_COSIGNATURE,
  Frontier,
  formatAddCheckpoint,
  HashTree,
  leafHash,
  openCosignature,
  type Signer,
  signNote,
  vkeyOf,
} from "@believe/shared/wire/log";
import { beforeEach, describe, expect, it, test } from "vitest";
import { Witness, WitnessStore } from "./index.ts";

const ORIGIN = "log.example/j/broker";
const WALL_S = 1_700_000_000;
const journal = signerOf(ORIGIN, newSeed());
const key = signerOf(`${ORIGIN}/research/witness`, newSeed());
const VKEY = vkeyOf(key.name, key.publicKey, ED25519_COSIGNATURE);

/** A log of `size` leaves; another `salt` makes another log of the same key. */
class SampleLog {
  readonly tree = new HashTree();

  constructor(size: number, salt = "") {
    for (let i = 0; i < size; i++)
      this.tree.append(leafHash(utf8(`${i < 3 ? "" : salt}leaf ${i}`)));
  }

  root(size: number): Bytes {
    return Frontier.of(size, this.tree.frontier(size)).root();
  }

  text(size: number): string {
    return checkpointText({ origin: ORIGIN, size, root: this.root(size) });
  }

  async add(oldSize: number, size: number, signer: Signer = journal): Promise<string> {
    const proof = consistencyProof(oldSize, size, this.tree.hashAt);
    return formatAddCheckpoint({ oldSize, proof, note: await signNote(this.text(size), signer) });
  }
}

const log = new SampleLog(20);
const fork = new SampleLog(20, "other ");
let file: string;
let alarms: string[];
let followed: Map<number, Bytes>;

class CrashingStore extends WitnessStore {
  when: "before" | "after" | null = null;
  override save(state: Parameters<WitnessStore["save"]>[0]): void {
    if (this.when === "before") throw new Error("crashed before the disk had it");
    super.save(state);
    if (this.when === "after") throw new Error("crashed before the answer left");
  }
}

const witnessWith = (store: WitnessStore = new WitnessStore(file)): Witness =>
  new Witness({
    origin: ORIGIN,
    vkeys: [vkeyOf(ORIGIN, journal.publicKey)],
    verify: verifyNode,
    signer: key,
    store,
    followedRoot: (size) => followed.get(size) ?? null,
    wallS: () => WALL_S,
    onAlarm: (detail) => alarms.push(detail),
  });
const ask = async (witness: Witness, body: string | Promise<string>) =>
  addAnswer(await witness.addCheckpoint(await body));

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "believe-witness-")), "cosigned.json");
  alarms = [];
  followed = new Map();
});

describe("a witness as C2SP tlog-witness wants it", () => {
  it("answers 200 with a cosignature/v1 line that verifies over the checkpoint", async () => {
    const witness = witnessWith();
    for (const [old, size] of [
      [0, 1],
      [1, 7],
      [7, 20],
    ] as const) {
      const body = await log.add(old, size);
      const answer = await ask(witness, body);
      expect(answer.status).toBe(200);
      const opened = await openCosignature(`${log.text(size)}\n${answer.body}`, VKEY, verifyNode);
      expect(opened.timestampSeconds).toBe(WALL_S);
      expect(witness.state.size).toBe(size);
    }
  });

  it("answers 409 and its size, as text/x.tlog.size, to any other old size", async () => {
    const witness = witnessWith();
    const fresh = await ask(witness, log.add(3, 5));
    expect([fresh.status, fresh.headers, fresh.body]).toEqual([
      409,
      { "content-type": "text/x.tlog.size" },
      "0\n",
    ]);
    await ask(witness, log.add(0, 9));
    for (const [old, size] of [
      [0, 10],
      [5, 9],
      [8, 12],
      [10, 12],
      [0, 4],
    ] as const) {
      const answer = await ask(witness, log.add(old, size));
      expect([old, size, answer.status, answer.body]).toEqual([old, size, 409, "9\n"]);
    }
    expect(witness.state).toMatchObject({ size: 9, frozen: null });
  });

  it("gives the same line for the newest checkpoint again", async () => {
    const witness = witnessWith();
    const first = await ask(witness, log.add(0, 4));
    expect(await ask(witness, log.add(4, 4))).toEqual(first);
  });

  it("ignores signatures that it does not know beside the log's", async () => {
    const stranger = signerOf("stranger.example", newSeed());
    const note = await signNote(log.text(2), journal);
    const [, line = ""] = (await signNote(log.text(2), stranger)).split("\n\n");
    const body = formatAddCheckpoint({ oldSize: 0, proof: [], note: `${note}${line}` });
    expect((await ask(witnessWith(), body)).status).toBe(200);
  });
});

const REFUSALS: readonly [string, number, () => Promise<string> | string][] = [
  ["no body", 400, () => ""],
  ["junk", 400, () => "hello\n"],
  ["no old size", 400, async () => (await log.add(5, 9)).replace("old 5\n", "")],
  ["a leading zero", 400, async () => (await log.add(5, 9)).replace("old 5", "old 05")],
  ["a negative size", 400, async () => (await log.add(5, 9)).replace("old 5", "old -5")],
  [
    "an old size above the checkpoint's",
    400,
    async () => (await log.add(5, 9)).replace("old 5", "old 10"),
  ],
  [
    "a proof line that is no hash",
    400,
    async () => (await log.add(5, 9)).replace("\n", "\nAAAA\n"),
  ],
  [
    "64 proof lines",
    400,
    async () =>
      (await log.add(5, 9)).replace("\n", `\n${`${base64(new Uint8Array(32))}\n`.repeat(64)}`),
  ],
  [
    "another origin",
    404,
    async () => {
      const text = log.text(9).replace(ORIGIN, "log.example/j/other");
      return formatAddCheckpoint({ oldSize: 5, proof: [], note: await signNote(text, journal) });
    },
  ],
  ["another key under the origin", 403, () => log.add(5, 9, signerOf(ORIGIN, newSeed()))],
  [
    "a signature that does not fit",
    403,
    async () => (await log.add(5, 9)).replace("\n9\n", "\n8\n"),
  ],
  [
    "a proof that fails",
    422,
    async () => (await log.add(5, 9)).replace(/\n\S{44}\n/, `\n${base64(new Uint8Array(32))}\n`),
  ],
  ["a missing proof", 422, async () => (await log.add(5, 9)).replace(/\n(\S{44}\n)+/, "\n")],
  ["another log of the same key", 422, () => fork.add(5, 9)],
];

test.each(REFUSALS)("%s is answered %i and changes nothing", async (_, status, body) => {
  const witness = witnessWith();
  await ask(witness, log.add(0, 5));
  const before = readFileSync(file, "utf8");
  expect((await ask(witness, body())).status).toBe(status);
  expect(readFileSync(file, "utf8")).toBe(before);
  expect((await ask(witness, log.add(5, 9))).status).toBe(200);
});

describe("the state of a witness", () => {
  it("is on the disk before the answer: a crash between them costs nothing but the answer", async () => {
    const store = new CrashingStore(file);
    const witness = witnessWith(store);
    await ask(witness, log.add(0, 5));
    store.when = "after";
    await expect(ask(witness, log.add(5, 9))).rejects.toThrow("crashed");
    const again = witnessWith();
    expect(again.state.size).toBe(9);
    expect((await ask(again, log.add(5, 9))).body).toBe("9\n");
    const answer = await ask(again, log.add(9, 9));
    await openCosignature(`${log.text(9)}\n${answer.body}`, VKEY, verifyNode);
    expect((await ask(again, log.add(5, 7))).status, "never at an old size").toBe(409);
  });

  it("does not move when the disk refuses", async () => {
    const store = new CrashingStore(file);
    const witness = witnessWith(store);
    await ask(witness, log.add(0, 5));
    store.when = "before";
    await expect(ask(witness, log.add(5, 9))).rejects.toThrow("crashed");
    expect(witness.state.size).toBe(5);
    store.when = null;
    expect((await ask(witness, log.add(5, 9))).status).toBe(200);
  });

  it("takes requests in turn: of two for one old size one is cosigned", async () => {
    const witness = witnessWith();
    const answers = await Promise.all([ask(witness, log.add(0, 9)), ask(witness, log.add(0, 7))]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it("is refused, not overwritten, when the file is something else", () => {
    writeFileSync(file, "{}");
    expect(() => witnessWith()).toThrow(`expected the last cosigned checkpoint in ${file}`);
    expect(readFileSync(file, "utf8")).toBe("{}");
  });
});

describe("a log that contradicts itself", () => {
  it("is not cosigned again: the other note is kept and a person has to look, after a restart too", async () => {
    const witness = witnessWith();
    await ask(witness, log.add(0, 9));
    const forked = await ask(witness, fork.add(9, 9));
    expect([forked.status, forked.body]).toEqual([409, "9\n"]);
    expect(alarms).toEqual(["two checkpoints of size 9 were signed with different roots"]);
    const again = witnessWith();
    const next = await ask(again, log.add(9, 12));
    expect([next.status, next.headers["believe-log"]]).toEqual([409, "frozen"]);
    expect(again.state.evidence).toEqual([await signNote(fork.text(9), journal)]);
  });

  it("is noticed when the Worker serves other entries than the witness is offered", async () => {
    const witness = witnessWith();
    await ask(witness, log.add(0, 3));
    followed.set(9, log.root(9));
    expect((await ask(witness, fork.add(3, 9))).status).toBe(409);
    expect(alarms).toEqual(["the checkpoint of size 9 is not the one that is served"]);
    expect(witness.state.size).toBe(3);
  });
});
