import { env } from "cloudflare:workers";
import { signNote } from "@believe/shared/wire/log";
import { expect, it } from "vitest";
import app from "../src/index.ts";
import { signedJson, signedRequest, signers, testEstate } from "./agents.ts";
import { brokerStatusOf, figuresOf, fillLine, researchStatusOf } from "./documents.ts";
import { ask, liveState, refusalOf, storedState } from "./state.ts";

const put = async (path: string, body: string | Uint8Array) =>
  ask(await signedRequest({ path, body }));

it("shows a signed status exactly as it was sent, and refuses an older or repeated one", async () => {
  const note = await signedJson(brokerStatusOf(5));
  expect((await put("/status/broker", note)).status).toBe(204);
  expect((await liveState()).broker).toBe(note);
  const before = await storedState();
  for (const n of [5, 4, 0]) {
    const late = await put("/status/broker", await signedJson(brokerStatusOf(n)));
    expect(await refusalOf(late)).toBe("409 not-newer");
  }
  expect(await storedState()).toBe(before);
  const next = await signedJson(brokerStatusOf(6));
  expect((await put("/status/broker", next)).status).toBe(204);
  expect((await liveState()).broker).toBe(next);
});

it("takes the research status and the figures beside it", async () => {
  const research = await signedJson(researchStatusOf(1), "research");
  const path = "/status/research";
  const taken = await ask(await signedRequest({ path, body: research, agent: "research" }));
  expect(taken.status).toBe(204);
  const note = await signedJson(figuresOf(1));
  expect((await put("/figures/broker", note)).status).toBe(204);
  const state = await liveState();
  expect([state.research, state.figures]).toEqual([research, note]);
});

it("lets no key leave that the schema does not name, however it is hidden", async () => {
  const status = brokerStatusOf(1_000);
  const line = JSON.stringify(status);
  const signer = await signers.brokerStatus();
  const hidden: Record<string, string> = {
    "an unknown key": await signedJson({ ...status, account_id: "U1234567" }),
    "an unknown key inside": await signedJson({
      ...status,
      venue: { ...status.venue, client: 251 },
    }),
    "a doubled key": await signNote(`${line.replace('{"v":1', '{"v":"U1234567","v":1')}\n`, signer),
    "odd spacing": await signNote(`${line.replace('{"v":1', '{ "v":1')}\n`, signer),
    "a second line": await signNote(`${line}\nU1234567\n`, signer),
    "a foreign signature line": `${await signedJson(status)}— someone AAAAAFUxMjM0NTY3\n`,
  };
  const before = await storedState();
  for (const [how, note] of Object.entries(hidden)) {
    expect([how, await refusalOf(await put("/status/broker", note))]).toEqual([
      how,
      "422 bad-note",
    ]);
  }
  expect(await storedState()).toBe(before);
});

it("stores nothing of a request or a note that the wrong key signed", async () => {
  const note = await signedJson(brokerStatusOf(2_000));
  const path = "/status/broker";
  const { sign } = await signers.researchRequest();
  const journal = await signers.journal();
  const nowS = Math.floor(Date.now() / 1000);
  const swapped = await signedRequest({ path, body: note });
  const other = await signedJson(brokerStatusOf(2_001));
  const forgeries: [string, Request][] = [
    ["401 bad-signature", await signedRequest({ path, body: note, sign })],
    ["401 stale-signature", await signedRequest({ path, body: note, createdS: nowS - 400 })],
    ["401 bad-signature", new Request(swapped, { body: other })],
    ["401 bad-signature", new Request(`https://log.example.test${path}`, { method: "PUT" })],
    ["401 bad-signature", await signedRequest({ path: "/status/research", body: note })],
    ["404 unknown-agent", await signedRequest({ path: "/status/nobody", body: note })],
    ["413 body-too-large", await signedRequest({ path, body: "x".repeat(20_000) })],
    ["422 bad-note", await signedRequest({ path, body: "not a note" })],
    ["422 bad-note", await signedRequest({ path, body: new Uint8Array([0xff, 0xfe]) })],
    ["403 wrong-signer", await signedRequest({ path, body: await signNote('{"v":1}\n', journal) })],
    [
      "422 future-status",
      await signedRequest({
        path,
        body: await signedJson(brokerStatusOf(2_002, { atUs: (nowS + 600) * 1_000_000 })),
      }),
    ],
    [
      "403 wrong-signer",
      await signedRequest({ path, body: await signedJson(researchStatusOf(9), "research") }),
    ],
    [
      "422 wrong-agent",
      await signedRequest({ path, body: await signedJson(researchStatusOf(9), "broker") }),
    ],
  ];
  const before = await storedState();
  const answers: string[] = [];
  for (const [, request] of forgeries) answers.push(await refusalOf(await ask(request)));
  expect(answers).toEqual(forgeries.map(([expected]) => expected));
  expect(await storedState()).toBe(before);
});

it("tells whoever signed at a wrong time what time it is", async () => {
  const createdS = Math.floor(Date.now() / 1000) + 900;
  const body = await signedJson(brokerStatusOf(3_000));
  const late = await ask(await signedRequest({ path: "/status/broker", body, createdS }));
  const date = Date.parse(late.headers.get("date") ?? "");
  expect(Math.abs(date - Date.now())).toBeLessThan(10_000);
});

it("keeps the lines of a live account closed", async () => {
  const estate = { ...(await testEstate()), account: { kind: "live", name: "real" } };
  const live = { ...env, ESTATE: JSON.stringify(estate) };
  const before = await storedState();
  const request = await signedRequest({ path: "/log/broker/pending", body: `${fillLine(99)}\n` });
  expect(await refusalOf(await app.fetch(request, live))).toBe("403 not-paper");
  expect(await storedState()).toBe(before);
});

it("shows announced fills as pending and refuses a batch with a bad line whole", async () => {
  const path = "/log/broker/pending";
  expect((await put(path, `${fillLine(3)}\n${fillLine(7)}\n`)).status).toBe(204);
  const shown = (await liveState()).fills.map(({ seq, mark }) => `${seq} ${mark}`);
  expect(shown).toEqual(["7 pending", "3 pending"]);
  const before = await storedState();
  const bad = [
    `${fillLine(8)}`,
    `${fillLine(9)}\n{"v":1}\n`,
    `${fillLine(10)}\n${fillLine(10)}\n`,
    "\n",
    "{\n",
    new Uint8Array([0xff, 0x0a]),
  ];
  for (const body of bad) expect(await refusalOf(await put(path, body))).toBe("422 bad-record");
  expect(await storedState()).toBe(before);
});
