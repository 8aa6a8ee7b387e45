import { join } from "node:path";
import { timeUs } from "@believe/shared/base";
import {
  cosign,
  parseAddCheckpoint,
  parseCheckpoint,
  parseNote,
  vkeyOf,
} from "@believe/shared/wire/log";
import { afterEach, expect, test } from "vitest";
import { newSeed, nodeSha256, signerOf } from "../keys/index.ts";
import { Spool } from "../spool/index.ts";
import { Wal } from "../wal/index.ts";
import { PushEstate } from "./test/estate.ts";
import { FAILURES, type Failure, FaultyClient } from "./test/faulty-client.ts";
import type { WitnessPost } from "./witness-link.ts";

const DRAIN_MS = 4_000;
const T0 = Date.UTC(2024, 0, 9, 14, 20) * 1000;

/** The requests that carry the second leaf. */
const STEPS = {
  tile: (path: string) => path.endsWith("/tile/entries/000.p/2"),
  "add-checkpoint": (path: string, body: string) =>
    path.endsWith("/add-checkpoint") && body.includes("\n2\n"),
  opening: (path: string) => path.endsWith("/open/1"),
  cosignatures: (path: string) => path.endsWith("/cosignatures/2"),
} as const;
type StepName = keyof typeof STEPS;

/** What each case comes to: everything arrives, nobody is called, nothing is there twice. */
interface Outcome {
  readonly progress: boolean;
  readonly halt: boolean;
  readonly duplicates: number;
}
const HEALS: Outcome = { progress: true, halt: false, duplicates: 0 };

const NAMES = ["tile", "add-checkpoint", "opening", "cosignatures"] as const;
const TABLE = NAMES.flatMap((step) =>
  FAILURES.map((failure): { step: StepName; failure: Failure } & Outcome => ({
    step,
    failure,
    ...HEALS,
  })),
);

let estate: PushEstate;
afterEach(() => estate.remove());

/** Another witness that takes every checkpoint. */
function witnessPost(): WitnessPost {
  const signer = signerOf("a.example/witness", newSeed());
  let held = 0;
  const post = async (_: string, body: Uint8Array | string) => {
    const { oldSize, note } = parseAddCheckpoint(String(body));
    if (oldSize !== held) return { status: 409, headers: {}, text: `${held}\n` };
    const { text } = parseNote(note);
    held = parseCheckpoint(text).size;
    return { status: 200, headers: {}, text: await cosign(text, signer, 1_700_000_000) };
  };
  const vkey = vkeyOf(signer.name, signer.publicKey, 0x04);
  return { vkey, client: { post }, path: "/add-checkpoint" };
}

/** The estate goes on with a journal whose files hold two records each; its open minute is cut, the first leaf. */
function smallFiles(): void {
  const { folder, spool, wal } = estate;
  spool.close();
  wal.close();
  estate.wal = Wal.open({
    folder: join(folder, "wal"),
    wallUs: () => timeUs(1),
    fileBytesMax: 300,
  });
  estate.spool = Spool.open({
    folder: join(folder, "log"),
    origin: spool.origin,
    sha256: nodeSha256,
    wal: estate.wal,
  });
  estate.spool.advance(timeUs(T0));
}

/** One leaf lies at the mirror; then it happens to the second one; a third one follows. */
async function outcomeOf(step: StepName, failure: Failure): Promise<Outcome> {
  estate = new PushEstate({ witnesses: [witnessPost()] });
  await estate.mirror.listen();
  smallFiles();
  const cosignatures = new Map<number, string[]>();
  const common = {
    client: estate.client(),
    cosignatures,
    isStep: STEPS[step],
    breakNext: () => breakOnce(estate),
    rotate: () => estate.work(2, 4),
  };
  const client = new FaultyClient({ ...common, failure });
  let pusher = estate.pusher(client);
  expect(await pusher.drain(DRAIN_MS)).toBe(true);
  estate.work(1);
  const died = client.died.promise.then(() => "died" as const);
  if ((await Promise.race([died, pusher.drain(DRAIN_MS)])) === "died") {
    await pusher.stop();
    estate.restart();
    pusher = estate.pusher(new FaultyClient({ ...common, failure: null }));
  }
  estate.work(1);
  const isDrained = await pusher.drain(DRAIN_MS);
  await pusher.stop();
  expect(client.times).toBe(1);
  return counted(cosignatures, isDrained);
}

function breakOnce({ mirror }: PushEstate): void {
  mirror.fault = () => {
    mirror.fault = () => null;
    return "broken";
  };
}

function counted(
  cosignatures: ReadonlyMap<number, readonly string[]>,
  isDrained: boolean,
): Outcome {
  const { mirror, spool, wal, lasting } = estate;
  const sealed = [...spool.leaves()].reduce((sum, { count }) => sum + count, 0);
  const journal = [...wal.records()].map(({ line }) => line).slice(0, sealed);
  const opened = mirror.lines();
  const others = [...cosignatures.values()].map((texts) => new Set(texts).size - 1);
  return {
    progress:
      isDrained &&
      mirror.entries.length === spool.size &&
      opened.join("\n") === journal.join("\n") &&
      cosignatures.has(spool.size),
    halt: lasting.length > 0,
    duplicates:
      mirror.violations.length +
      (opened.length - new Set(opened).size) +
      (mirror.entries.length - new Set(mirror.entries.map(String)).size) +
      others.reduce((sum, count) => sum + count, 0),
  };
}

test.each(TABLE)(
  "$step, $failure: progress $progress, halt $halt, duplicates $duplicates",
  async ({ step, failure, ...expected }) => {
    expect(await outcomeOf(step, failure)).toEqual(expected);
  },
);

test("a leaf that stands twice at the mirror, and one that nobody cosigned, are seen", async () => {
  await outcomeOf("tile", "not sent");
  const { mirror } = estate;
  mirror.entries.push(...mirror.entries.slice(0, 1));
  expect(counted(new Map(), true)).toEqual({ progress: false, halt: false, duplicates: 1 });
});
