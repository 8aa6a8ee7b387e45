import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { utf8 } from "@believe/shared/base";
import { cosign, isWitnessed, parsePolicy, type Signer } from "@believe/shared/wire/log";
import { beforeAll, expect, it, test } from "vitest";
import { verify } from "../src/middleware/signed.ts";
import type { JournalDO } from "../src/objects/journal-do.ts";
import { signedRequest, signers, testEstate, testSigner } from "./agents.ts";
import { push, SampleLog, storedLog } from "./sample-log.ts";
import { ask, get, liveState, refusalOf } from "./state.ts";

const sample = new SampleLog(30);
const log = env.JOURNAL.getByName("broker");
const nowS = (): number => Math.floor(Date.now() / 1000);

async function lineAt(
  size: number,
  signer: Promise<Signer> = signers.researchWitness(),
  timeS = nowS(),
): Promise<string> {
  const [text = ""] = (await sample.noteAt(size)).split("\n\n");
  return cosign(`${text}\n`, await signer, timeS);
}

const put = async (size: number | string, body: string | Uint8Array): Promise<Response> =>
  ask(await signedRequest({ path: `/log/broker/cosignatures/${size}`, body }));

beforeAll(async () => {
  expect(await push(log, sample, 0, 10)).toBe("cosigned");
});

it("serves the policy as the estate has it", async () => {
  const served = await get("/log/broker/policy");
  expect(served.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  const text = await served.text();
  expect(text).toBe((await testEstate()).policy);
  expect(parsePolicy(text).witnesses.map(({ name }) => name)).toEqual(["worker", "research"]);
});

it("serves the checkpoint with every cosignature, and says who witnesses", async () => {
  const policy = parsePolicy(await (await get("/log/broker/policy")).text());
  const checkpoint = async () => (await get("/log/broker/checkpoint")).text();
  expect(await isWitnessed(policy, await checkpoint(), verify)).toBe(false);
  const before = (await liveState()).witnessing;
  expect(before).toMatchObject({ size: 0, needed: 2 });
  expect(before?.sinceUs).not.toBeNull();
  const line = await lineAt(10);
  expect((await put(10, line)).status).toBe(201);
  expect((await put(10, line)).status).toBe(204);
  expect(await isWitnessed(policy, await checkpoint(), verify)).toBe(true);
  const { witnessing } = await liveState();
  expect(witnessing).toMatchObject({ size: 10, sinceUs: null });
  expect(witnessing?.witnesses.map(({ own, size }) => [own, size])).toEqual([
    [true, 10],
    [true, 10],
  ]);
  const state = await (await get("/log/broker/state")).json();
  expect(state).toMatchObject({
    size: 10,
    witnessing: { size: 10 },
    witnessedBy: "witnessed by two machines of the operator only",
  });
});

it("keeps cosignatures over an eviction and takes them for a checkpoint that is not the newest", async () => {
  await push(log, sample, 10, 11);
  await push(log, sample, 11, 12);
  await evictDurableObject(log);
  expect((await put(11, await lineAt(11))).status).toBe(201);
  await evictDurableObject(log);
  expect(await log.witnessing()).toMatchObject({ size: 11 });
  expect((await put(12, await lineAt(12))).status).toBe(201);
  await evictDurableObject(log);
  expect((await log.checkpoint())?.match(/^— /gm)).toHaveLength(3);
});

it("writes one row for a cosignature, and none for the same one again", async () => {
  await push(log, sample, 12, 13);
  const written = () => runInDurableObject(log, ({ store }: JournalDO) => store.rowsWritten);
  const line = await lineAt(13);
  const before = await written();
  await put(13, line);
  await put(13, line);
  expect((await written()) - before).toBe(1);
});

const forged = async (): Promise<string> => {
  const { sign } = await testSigner("x", 9);
  return lineAt(13, Promise.resolve({ ...(await signers.researchWitness()), sign }));
};
test.each<[string, number | string, () => Promise<string | Uint8Array>, string]>([
  ["nothing", 13, async () => "", "400 bad-body"],
  ["other text", 13, async () => "hello\n", "400 bad-body"],
  ["bytes that are no text", 13, async () => new Uint8Array([0xff, 0x0a]), "400 bad-body"],
  ["too many bytes", 13, async () => "x".repeat(9_000), "413 body-too-large"],
  ["a size that is no number", "013", () => lineAt(13), "404 unknown-blob"],
  ["a size that no checkpoint covers", 14, () => lineAt(14), "422 not-covered"],
  ["a checkpoint that is long past", 1, () => lineAt(1), "422 not-covered"],
  [
    "a stranger's line",
    13,
    () => lineAt(13, testSigner("stranger.example", 8)),
    "403 wrong-signer",
  ],
  ["the log's own key", 13, () => lineAt(13, signers.journal()), "403 wrong-signer"],
  ["a signature by another key", 13, forged, "422 bad-proof"],
  ["another checkpoint's cosignature", 13, () => lineAt(12), "422 bad-proof"],
  ["a time from the future", 13, () => lineAt(13, undefined, nowS() + 900), "422 bad-proof"],
])("nothing is stored of %s", async (_, size, body, refusal) => {
  const before = await storedLog(log);
  expect(await refusalOf(await put(size, await body()))).toBe(refusal);
  expect(await storedLog(log)).toBe(before);
});

it("refuses a PUT that the broker did not sign, and one of a log that is not kept here", async () => {
  const before = await storedLog(log);
  const { sign } = await testSigner("x", 9);
  const line = await lineAt(13);
  const path = "/log/broker/cosignatures/13";
  const stranger = await ask(await signedRequest({ path, body: line, sign }));
  expect(await refusalOf(stranger)).toBe("401 bad-signature");
  const research = await ask(await signedRequest({ path, body: line, agent: "research" }));
  expect(await refusalOf(research)).toBe("401 bad-signature");
  const other = path.replace("broker", "research");
  const unknown = await ask(await signedRequest({ path: other, body: utf8(line) }));
  expect(await refusalOf(unknown)).toBe("404 unknown-log");
  expect(await storedLog(log)).toBe(before);
});
