import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeAll, expect, inject, it } from "vitest";
import { other, type Plan, plans, requestOf, routes, SIZE, sample } from "./fuzz-requests.ts";
import { push, storedLog } from "./sample-log.ts";
import { ask, storedState } from "./state.ts";

/** Always the same requests in `npm test`, new ones in a long run. */
const EFFORT = inject("isLong") ? { numRuns: 20_000 } : { numRuns: 300, seed: 20_261_120 };
const HANG_MS = 5_000;
/** Answers that the document tells in words: the witness protocol's own, and what is stored already. */
const IN_WORDS: Readonly<Record<string, readonly number[]>> = {
  POST: [400, 403, 409, 422],
  PUT: [204],
};

type Send = (request: Request) => Promise<Response>;

/** Rows and blobs of every object; the dated copy of the public state in KV comes when it comes. */
async function stored(): Promise<string> {
  // Whoever looks makes the live object judge the leases: that is no doing of the request.
  await env.LIVE.getByName("live").snapshot();
  const log = await storedLog(env.JOURNAL.getByName("broker"));
  return `${log}\n${(await storedState()).replace('"live/snapshot"', "")}`;
}

/** The status of an answer that was read to its end, in time. */
async function statusOf(send: Send, request: Request): Promise<number> {
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), HANG_MS);
  const answered = (async () => {
    const response = await send(request);
    response.webSocket?.accept();
    response.webSocket?.close();
    await response.arrayBuffer();
    return response.status;
  })();
  try {
    const status = await Promise.race([answered, late.promise]);
    if (status === "late") throw new Error(`expected an answer within ${HANG_MS} ms, was none`);
    return status;
  } finally {
    clearTimeout(timer);
  }
}

/** What must hold of any request whatever; null when it does. */
async function broken(plan: Plan, send: Send): Promise<string | null> {
  const { route, proof } = plan;
  const before = await stored();
  const status = await statusOf(send, await requestOf(plan));
  if (status >= 500) return `expected no error of ours, was ${status}`;
  const isRefused = status >= 400;
  if (route.isSigned && proof !== "agent" && !isRefused) {
    return `expected a refusal without a signature, was ${status}`;
  }
  const documented = [...route.statuses, ...(IN_WORDS[route.method] ?? []), 404];
  if (!documented.includes(status)) return `expected ${documented.join(", ")}, was ${status}`;
  const mayChange = !isRefused && route.method !== "GET";
  if (!mayChange && (await stored()) !== before) {
    return `expected rows and blobs as they were after ${status}, was a change`;
  }
  return null;
}

const fuzz = async (send: Send, effort: { numRuns: number; seed?: number }) => {
  const property = fc.asyncProperty(await plans(), async (plan) => {
    const why = await broken(plan, send);
    if (why !== null) throw new Error(why);
  });
  return fc.check(property, { ...effort, endOnFailure: true });
};

beforeAll(async () => {
  const log = env.JOURNAL.getByName("broker");
  await push(log, sample, 0, SIZE);
  await log.putOpening(0, sample.opening(0));
  const forked = await log.addCheckpoint(await other.addAt(SIZE, SIZE));
  expect(forked).toMatchObject({ kind: "conflict", forked: true });
});

it("covers every route of the document, the signed ones too", () => {
  expect(routes.length).toBeGreaterThanOrEqual(20);
  expect(routes.filter(({ isSigned }) => isSigned).length).toBeGreaterThanOrEqual(5);
});

it("answers whatever comes: never with an error of ours, never late, and storing nothing that it refuses", async () => {
  const seen = new Map<string, number>();
  const acts = new Set<string>();
  const send: Send = async (request) => {
    const response = await ask(request);
    const kind = `${request.method} ${response.status}`;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    const act = /(unfreeze|key-change)$/.exec(request.url)?.[0];
    if (act !== undefined) acts.add(`${act} ${response.status}`);
    return response;
  };
  const { failed, errorInstance: error, counterexample } = await fuzz(send, EFFORT);
  expect([failed, String(error ?? ""), counterexample]).toEqual([false, "", null]);
  // Noise that never got past the first gate would prove little.
  for (const kind of ["GET 200", "GET 404", "PUT 201", "PUT 401", "PUT 422", "POST 400"]) {
    expect([kind, (seen.get(kind) ?? 0) > 0]).toEqual([kind, true]);
  }
  for (const act of ["unfreeze 200", "unfreeze 400", "unfreeze 403", "key-change 403"]) {
    expect([act, acts.has(act)]).toEqual([act, true]);
  }
}, 600_000);

it("finds a route that crashes, one that stores what it refuses and one that forgets the signature", async () => {
  const crashing: Send = async (request) => {
    const { pathname } = new URL(request.url);
    const crashes = request.method === "PUT" && pathname.includes("/tile/entries/");
    return crashes ? new Response("boom", { status: 500 }) : ask(request);
  };
  const storing: Send = async (request) => {
    const response = await ask(request);
    if (response.status === 422) await env.KV.put(`blob/${crypto.randomUUID()}`, "kept");
    return response;
  };
  const trusting: Send = async (request) => {
    const response = await ask(request);
    return response.status === 401 ? new Response(null, { status: 204 }) : response;
  };
  const silent: Send = (request) =>
    request.method === "POST" ? new Promise(() => undefined) : ask(request);
  const says = ["no error of ours", "rows and blobs", "without a signature"];
  for (const [at, send] of [crashing, storing, trusting].entries()) {
    const { failed, errorInstance: error } = await fuzz(send, { numRuns: 1_000, seed: 7 });
    expect([failed, String(error)]).toEqual([true, expect.stringContaining(says[at] ?? "")]);
  }
  const post = routes.find(({ method }) => method === "POST");
  if (post === undefined) throw new Error("expected a POST route, was none");
  const plan: Plan = {
    route: post,
    path: post.path,
    contentType: "",
    body: { bytes: new Uint8Array(1) },
    proof: "none",
  };
  await expect(broken(plan, silent)).rejects.toThrow("expected an answer within");
}, 120_000);
