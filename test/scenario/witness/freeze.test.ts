import { join } from "node:path";
import { loadSeed, newSeed, signerOf, verifyNode } from "@believe/host/keys";
import { fromBase64 } from "@believe/shared/base";
import { liveSnapshot } from "@believe/shared/wire";
import {
  checkpointText,
  formatAddCheckpoint,
  openDocument,
  type Signer,
  signKeyChange,
  signNote,
  signUnfreeze,
  vkeyOf,
} from "@believe/shared/wire/log";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { FollowStore } from "../../../agent-research/src/follow/index.ts";
import { WitnessStage } from "./stage.ts";

const ORIGIN = "log.example.com/j/broker";
const DRAIN_MS = 30_000;
const VOID = new Uint8Array(32).fill(7);
let stage: WitnessStage;

beforeAll(async () => {
  stage = new WitnessStage();
  await stage.startWorker();
});
afterAll(() => stage.remove());

const key = (name: string, ...place: string[]): Signer =>
  signerOf(name, loadSeed(join(stage.folder, ...place)));
const live = async () => liveSnapshot.parse(JSON.parse(await stage.get("/api/live")));
const state = async () =>
  z
    .looseObject({ size: z.int(), root: z.string(), frozen: z.string().nullable() })
    .parse(JSON.parse(await stage.get("/log/broker/state")));

test("Worker and witness freeze on a forged old checkpoint, go on by the operator's note, and follow a new key", async () => {
  const post = await stage.startResearch();
  const pusher = stage.pusher([post]);
  stage.work(4);
  expect(await pusher.drain(DRAIN_MS)).toBe(true);
  await pusher.stop();
  const says = async (what: string, body: string): Promise<number[]> => {
    const edge = await fetch(new URL(`/log/broker/${what}`, stage.url), { method: "POST", body });
    await edge.arrayBuffer();
    const door = await post.client.post(`/log/broker/${what}`, body, "text/plain", {
      signed: false,
    });
    return [edge.status, door.status];
  };
  const signed = async (size: number, root: Uint8Array<ArrayBuffer>, by: Signer) =>
    formatAddCheckpoint({
      oldSize: size,
      proof: [],
      note: await signNote(checkpointText({ origin: ORIGIN, size, root }), by),
    });
  const isFollowed = async () => {
    const note = (await live()).research ?? "";
    const vkey = stage.genesis.estate.keys.researchStatus;
    const shape = z.looseObject({ log: z.looseObject({ size: z.int(), consistent: z.boolean() }) });
    return shape.parse(await openDocument(note, vkey, verifyNode)).log;
  };
  await expect.poll(isFollowed, { timeout: 20_000 }).toMatchObject({ size: 4, consistent: true });

  const journal = key(ORIGIN, "broker", "keys", "journal.seed");
  expect(await says("add-checkpoint", await signed(2, VOID, journal))).toEqual([409, 409]);
  expect((await state()).frozen).toContain("size 2");
  expect((await live()).alarms.map(({ kind }) => kind)).toEqual(["fork"]);
  await expect.poll(isFollowed, { timeout: 20_000 }).toMatchObject({ consistent: false });

  const operator = key(`${ORIGIN}/operator`, "operator", "keys", "operator.seed");
  const { size, root } = await state();
  const at = { origin: ORIGIN, size, root: fromBase64(root) };
  const unfreeze = await signUnfreeze({ ...at, otherRoot: VOID, reason: "a drill" }, operator);
  expect(await says("unfreeze", unfreeze)).toEqual([200, 200]);
  expect((await live()).alarms).toEqual([]);
  await expect.poll(isFollowed, { timeout: 20_000 }).toMatchObject({ consistent: true });

  const next = signerOf(ORIGIN, newSeed());
  const change = await signKeyChange(at, journal, next);
  expect(await says("key-change", change)).toEqual([200, 200]);
  expect(await stage.get("/log/broker/vkey")).toBe(`${vkeyOf(ORIGIN, next.publicKey)}\n`);
  expect(await says("add-checkpoint", await signed(size, at.root, journal))).toEqual([403, 403]);
  expect(await says("add-checkpoint", await signed(size, at.root, next))).toEqual([200, 200]);
  await stage.stopResearch();
  await stage.startResearch();
  const followed = () => new FollowStore(join(stage.folder, "research", "followed.json")).load();
  await expect.poll(() => followed().keyChanges, { timeout: 20_000 }).toEqual([change]);
  expect(followed()).toMatchObject({ size: 4, consistent: true });
});
