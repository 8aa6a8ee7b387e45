import { evictAllDurableObjects, reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { clickPairs } from "@believe/pages/dashboard";
import { utf8Text } from "@believe/shared/base";
import { type LiveDelta, liveDelta } from "@believe/shared/wire";
import { tilePath } from "@believe/shared/wire/log";
import { expect, it } from "vitest";
import { DASHBOARD, signedJson, signedRequest, signers } from "./agents.ts";
import { brokerStatusOf, figuresOf, researchStatusOf } from "./documents.ts";
import { SampleLog } from "./sample-log.ts";
import { ask, get, liveState } from "./state.ts";

const SIZE = 4;
type Step = readonly [says: string, send: () => Promise<Response>];

async function put(path: string, body: string | Uint8Array, agent?: "research"): Promise<Response> {
  return ask(await signedRequest({ path, body, ...(agent === undefined ? {} : { agent }) }));
}

function click(at: number): Promise<Response> {
  const body = JSON.stringify([clickPairs[at % clickPairs.length]]);
  const headers = { "content-type": "application/json" };
  return ask(new Request(`${DASHBOARD}/click`, { method: "POST", headers, body }));
}

/** A fork, the operator's word on it, a new key of the journal, and the log that goes on with it. */
async function acts(sample: SampleLog): Promise<Step[]> {
  const other = new SampleLog(SIZE, "1.00");
  const bodies: [string, string, string][] = [
    ["fork", "add-checkpoint", await other.addAt(1, 1)],
    ["unfreeze", "unfreeze", await sample.unfreezeAt(SIZE, other.rootAt(1))],
    ["unfreeze again", "unfreeze", await sample.unfreezeAt(SIZE, other.rootAt(1))],
    ["key change", "key-change", await sample.keyChangeAt(SIZE)],
    ["key change again", "key-change", await sample.keyChangeAt(SIZE)],
    ["the old key", "add-checkpoint", await sample.addAt(SIZE, SIZE)],
    ["the new key", "add-checkpoint", await sample.addAt(SIZE, SIZE, signers.nextJournal())],
  ];
  return bodies.map(([says, what, body]) => {
    const url = `${DASHBOARD}/log/broker/${what}`;
    return [says, () => ask(new Request(url, { method: "POST", body }))];
  });
}

/** Leaves one after the other with everything else that reaches the three objects between their requests. */
async function history(): Promise<Step[]> {
  const sample = new SampleLog(SIZE);
  const brokers = await Promise.all([1, 2].map((n) => signedJson(brokerStatusOf(n))));
  const [first = "", second = ""] = brokers;
  const research = await signedJson(researchStatusOf(1), "research");
  const figures = await signedJson(figuresOf(1));
  const steps: Step[] = [["broker status", () => put("/status/broker", first)]];
  for (let leaf = 0; leaf < SIZE; leaf++) {
    const add = await sample.addAt(leaf, leaf + 1);
    steps.push([`pending ${leaf}`, () => put("/log/broker/pending", `${sample.line(leaf)}\n`)]);
    for (const { name, bytes } of sample.puts(leaf, leaf + 1)) {
      const path = `/log/broker/${tilePath(name.level, name.index, name.width)}`;
      steps.push([`${path} of ${leaf}`, () => put(path, bytes)]);
    }
    const url = `${DASHBOARD}/log/broker/add-checkpoint`;
    const post = () => ask(new Request(url, { method: "POST", body: add }));
    const open = () => put(`/log/broker/open/${leaf}`, sample.opening(leaf));
    const openNarrow = () => put(`/log/broker/open/${leaf}`, sample.closedOpening(leaf));
    steps.push(
      [`click ${leaf}`, () => click(leaf)],
      [`checkpoint ${leaf + 1}`, post],
      [`checkpoint ${leaf + 1} again`, post],
      [`open ${leaf} narrow`, openNarrow],
      [`open ${leaf}`, open],
      [`open ${leaf} again`, open],
      [`open ${leaf} narrow again`, openNarrow],
    );
  }
  steps.push(...(await acts(sample)));
  return [
    ...steps,
    ["research status", () => put("/status/research", research, "research")],
    ["figures", () => put("/figures/broker", figures)],
    ["a later status", () => put("/status/broker", second)],
    ["an older status", () => put("/status/broker", first)],
    ["one more click", () => click(0)],
  ];
}

/** Without the seconds at which a run was witnessed. */
function timeless(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state).replaceAll(/"(atUs|sinceUs)":\d{16}/g, '"$1":0'));
}

/** The public state without its version: a journal that wakes tells its newest checkpoint once more. */
async function publicState(): Promise<unknown> {
  const { atUs: _, n: _n, ...state } = await liveState();
  return timeless(state);
}

const textOf = async (path: string): Promise<string> =>
  utf8Text(new Uint8Array(await (await get(path)).arrayBuffer()));

/** Everything that a visitor can see, without times of this run; and the clicks. */
async function seen(): Promise<unknown> {
  const live = await publicState();
  const note = await textOf("/log/broker/checkpoint");
  const opened = await Promise.all(
    Array.from({ length: SIZE }, (_, leaf) => textOf(`/log/broker/open/${leaf}`)),
  );
  const clicks = await runInDurableObject(env.CLICK.getByName("click"), (_, { storage }) =>
    storage.sql.exec("SELECT page, element, count FROM click ORDER BY element").toArray(),
  );
  const paths = ["state", "forks", "key-changes"].map((what) => `/log/broker/${what}`);
  const logs = await Promise.all(paths.map(async (path) => (await get(path)).json()));
  const vkey = await textOf("/log/broker/vkey");
  return timeless({ live, note: note.split("\n").slice(0, 5), opened, clicks, logs, vkey });
}

/** Plays a history to its end with a visitor on the socket; evicts every object after each step where asked. */
async function play(steps: readonly Step[], isEvicted: boolean) {
  const response = await get("/api/live/socket", { upgrade: "websocket" });
  const socket = response.webSocket;
  if (socket === null) throw new Error("expected a socket, was none");
  const frames: LiveDelta[] = [];
  socket.addEventListener("message", ({ data }) => {
    frames.push(liveDelta.parse(JSON.parse(String(data))));
  });
  socket.accept();
  const statuses: unknown[] = [];
  const states: unknown[] = [];
  for (const [says, send] of steps) {
    const answer = await send();
    await answer.arrayBuffer();
    statuses.push([says, answer.status]);
    if (isEvicted) await evictAllDurableObjects();
    states.push([says, await publicState()]);
  }
  const end = await seen();
  const { n } = await liveState();
  await expect.poll(() => frames.at(-1)?.n).toBe(n);
  socket.close();
  // What the visitor's page shows after the last frame: each frame replaces the sections that it names.
  const shown: Record<string, unknown> = {};
  for (const { changed } of frames) Object.assign(shown, changed);
  const gaps = frames.filter((frame, at) => at > 0 && frame.n !== (frames[at - 1]?.n ?? 0) + 1);
  return { statuses, states, end, shown: timeless(shown), gaps };
}

it("changes nothing for anybody when all three objects are evicted between any two events", async () => {
  const steps = await history();
  const steady = await play(steps, false);
  await reset();
  const evicted = await play(steps, true);
  expect(evicted.statuses).toEqual(steady.statuses);
  expect(evicted.states).toEqual(steady.states);
  expect(evicted.end).toEqual(steady.end);
  expect(evicted.shown).toEqual(steady.shown);
  expect([steady.gaps, evicted.gaps]).toEqual([[], []]);
  const codes = new Set(steady.statuses.map((entry) => String(entry).split(",").at(-1)));
  expect([...codes].sort()).toEqual(["200", "201", "204", "403", "409"]);
}, 60_000);

it("notices one event that is lost", async () => {
  const steps = await history();
  await reset();
  const steady = await play(steps, false);
  await reset();
  const lossy = steps.map(
    ([says, send]): Step => (says === "click 1" ? [says, () => get("/api/estate")] : [says, send]),
  );
  const other = await play(lossy, true);
  expect(other.end).not.toEqual(steady.end);
}, 60_000);
