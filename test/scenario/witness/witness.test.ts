import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { verifyNode } from "@believe/host/keys";
import { liveSnapshot } from "@believe/shared/wire";
import { isWitnessed, openWithPolicy, parsePolicy } from "@believe/shared/wire/log";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { anchorNow } from "../../../agent-research/src/anchor/index.ts";
import { WitnessStage } from "./stage.ts";

const DRAIN_MS = 30_000;
let stage: WitnessStage;

beforeAll(async () => {
  stage = new WitnessStage();
  await stage.startWorker();
});
afterAll(() => stage.remove());

const live = async () => liveSnapshot.parse(JSON.parse(await stage.get("/api/live"))).witnessing;

test("a checkpoint is served with both cosignatures, which verify under the estate's policy", async () => {
  const research = await stage.startResearch();
  const pusher = stage.pusher([research]);
  stage.work(4);
  expect(await pusher.drain(DRAIN_MS)).toBe(true);
  const served = await stage.get("/log/broker/checkpoint");
  const policy = parsePolicy(stage.policy);
  expect(await stage.get("/log/broker/policy")).toBe(stage.policy);
  const { checkpoint, cosigners } = await openWithPolicy(policy, served, verifyNode);
  expect(checkpoint.size).toBe(4);
  expect(cosigners.map(({ name }) => name)).toEqual(["worker", "research"]);
  expect(await isWitnessed(policy, served, verifyNode)).toBe(true);
  expect(pusher.state.witnesses).toMatchObject([{ size: 4, lastError: null }]);
  expect(await live()).toMatchObject({ size: 4, sinceUs: null, needed: 2 });
  const state = z.looseObject({ witnessedBy: z.string() });
  expect(state.parse(JSON.parse(await stage.get("/log/broker/state"))).witnessedBy).toBe(
    "witnessed by two machines of the operator only",
  );
  await pusher.stop();
});

test.skipIf(spawnSync("git", ["--version"]).status !== 0)(
  "the served checkpoint is anchored in a git repository (skipped where git is not installed)",
  async () => {
    const remote = join(stage.folder, "remote.git");
    spawnSync("git", ["init", "--quiet", "--bare", remote]);
    const git = { remote, folder: join(stage.folder, "clone") };
    const anchored = await anchorNow(stage.researchConfig, git);
    expect(anchored).toMatchObject({
      kind: "anchored",
      size: 4,
      cosigners: ["worker", "research"],
    });
    const filed = readFileSync(join(git.folder, anchored.file), "utf8");
    expect(filed).toBe(await stage.get("/log/broker/checkpoint"));
    expect((await anchorNow(stage.researchConfig, git)).kind).toBe("unchanged");
  },
);

test("a witness that is gone holds nothing up, its silence is dated, and the next checkpoint covers it all", async () => {
  await stage.stopResearch();
  const silent = stage.pusher([]);
  stage.work(3);
  expect(await silent.drain(DRAIN_MS)).toBe(true);
  await silent.stop();
  const unwitnessed = await live();
  expect(unwitnessed?.size).toBe(4);
  expect(unwitnessed?.sinceUs).toBeGreaterThan(0);
  const served = await stage.get("/log/broker/checkpoint");
  expect(await isWitnessed(parsePolicy(stage.policy), served, verifyNode)).toBe(false);
  const again = stage.pusher([await stage.startResearch()]);
  stage.work(1);
  expect(await again.drain(DRAIN_MS)).toBe(true);
  await again.stop();
  expect(await live()).toMatchObject({ size: 8, sinceUs: null });
});

test("a Worker that was rolled back is noticed by the witness, and anchored by nobody", async () => {
  await stage.stopResearch();
  await stage.stopWorker();
  await stage.startWorker("another-empty-store");
  await stage.startResearch();
  const seen = z.looseObject({ consistent: z.boolean() });
  const followed = () =>
    seen.parse(JSON.parse(readFileSync(join(stage.folder, "research", "followed.json"), "utf8")));
  await expect.poll(() => followed().consistent, { timeout: 10_000 }).toBe(false);
  const git = { remote: "nowhere", folder: join(stage.folder, "anchors") };
  await expect(anchorNow(stage.researchConfig, git)).rejects.toThrow("expected a checkpoint");
});
