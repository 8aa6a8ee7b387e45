import { env } from "cloudflare:test";
import { type Bytes, utf8 } from "@believe/shared/base";
import { openNote, parseVkey, tilePath } from "@believe/shared/wire/log";
import { expect, it } from "vitest";
import { verify } from "../src/middleware/signed.ts";
import { DASHBOARD, signedRequest, testSigner } from "./agents.ts";
import { SampleLog, storedLog } from "./sample-log.ts";
import { ask, get, liveState, refusalOf } from "./state.ts";

const sample = new SampleLog(300);
const other = new SampleLog(300, "1.00");
const journal = env.JOURNAL.getByName("broker");

async function put(path: string, body: Bytes): Promise<Response> {
  return ask(await signedRequest({ path, body, contentType: "application/octet-stream" }));
}

const post = (body: string | Bytes, agent = "broker"): Promise<Response> =>
  ask(new Request(`${DASHBOARD}/log/${agent}/add-checkpoint`, { method: "POST", body }));

async function pushed(from: number, to: number): Promise<Response> {
  for (const { name, bytes } of sample.puts(from, to)) {
    const path = tilePath(name.level, name.index, name.width);
    expect((await put(`/log/broker/${path}`, bytes)).ok).toBe(true);
  }
  return post(await sample.addAt(from, to));
}

it("has no checkpoint before the first", async () => {
  expect(await refusalOf(await get("/log/broker/checkpoint"))).toBe("404 unknown-blob");
});

it("takes a log over HTTP and serves it as C2SP tlog-tiles", async () => {
  const first = await pushed(0, 260);
  expect(first.status).toBe(200);
  const lines = await first.text();
  expect(lines).toMatch(/^— log\.example\.test\/witness [A-Za-z0-9+/=]+\n$/);
  expect((await pushed(260, 300)).status).toBe(200);
  const served = await get("/log/broker/checkpoint");
  expect(served.headers.get("cache-control")).toBe("no-store");
  expect(served.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  const vkey = (await (await get("/log/broker/vkey")).text()).trim();
  expect(parseVkey(vkey).name).toBe("log.example.test/j/broker");
  const text = await openNote(await served.text(), vkey, verify);
  expect(text.split("\n")[1]).toBe("300");
  for (const { name, bytes } of [...sample.puts(0, 300), ...sample.puts(0, 260)]) {
    const path = tilePath(name.level, name.index, name.width);
    const tile = await get(`/log/broker/${path}`);
    expect([path, tile.status, tile.headers.get("cache-control")]).toEqual([
      path,
      200,
      "public, max-age=31536000, immutable",
    ]);
    expect(new Uint8Array(await tile.arrayBuffer())).toEqual(bytes);
  }
});

it("takes openings, serves them one by one and as a day", async () => {
  for (const leaf of [0, 1, 299]) {
    const path = `/log/broker/open/${leaf}`;
    expect((await put(path, sample.closedOpening(leaf))).status).toBe(201);
    expect((await put(path, sample.opening(leaf))).status).toBe(201);
    expect((await put(path, sample.opening(leaf))).status).toBe(204);
    expect((await put(path, sample.closedOpening(leaf))).status).toBe(409);
  }
  const one = await get("/log/broker/open/299");
  // It may widen yet: a copy must not be kept for long.
  expect(one.headers.get("cache-control")).toBe("public, max-age=60");
  expect(new Uint8Array(await one.arrayBuffer())).toEqual(sample.opening(299));
  const day = await get("/log/broker/open/2024-01-09.jsonl.gz");
  expect(day.headers.get("content-type")).toBe("application/gzip");
  expect(day.headers.get("cache-control")).toBe("public, max-age=60");
  const lines = day.body?.pipeThrough(new DecompressionStream("gzip"));
  const all = [0, 1, 299].flatMap((leaf) => [...sample.opening(leaf)]);
  expect(new Uint8Array(await new Response(lines).arrayBuffer())).toEqual(new Uint8Array(all));
  expect(await (await get("/log/broker/state")).json()).toMatchObject({
    origin: "log.example.test/j/broker",
    size: 300,
    records: 3,
    openedLeaves: 3,
    frozen: null,
  });
  const { log, fills } = await liveState();
  expect(log).toMatchObject({ size: 300, opened: 3, minute: "2024-01-09T19:19Z" });
  expect(fills.map(({ seq, mark, leaf }) => [seq, mark, leaf])).toContainEqual([
    299,
    "sealed",
    299,
  ]);
});

it("refuses what is not there", async () => {
  const paths = ["tile/0/001.p/45", "tile/0/002", "tile/9/000", "tile/x", "open/2"];
  paths.push("open/300", "open/-1", "open/01", "open/2024-01-10.jsonl.gz", "open/x.jsonl.gz");
  for (const path of paths) {
    const [status] = (await refusalOf(await get(`/log/broker/${path}`))).split(" ");
    expect([path, status]).toEqual([path, "404"]);
  }
  expect(await refusalOf(await get("/log/research/checkpoint"))).toBe("404 unknown-log");
  expect(await refusalOf(await get("/log/nobody/checkpoint"))).toBe("404 unknown-agent");
});

it("answers add-checkpoint as the specification says and stores nothing", async () => {
  const before = await storedLog(journal);
  const foreign = await sample.addAt(300, 300, testSigner("log.other.test/x", 1));
  const cases: [string, string | Bytes, number][] = [
    ["nothing", "", 400],
    ["bytes that are no text", new Uint8Array([0xff, 0xfe]), 400],
    ["junk", "old 1\n\njunk", 400],
    ["another origin", foreign.replace("log.example.test/j/broker", "log.other.test/x"), 404],
    ["another key", await sample.addAt(300, 300, testSigner("log.example.test/j/broker", 9)), 403],
    ["an older checkpoint", await sample.addAt(0, 260), 409],
    ["another old size", await sample.addAt(0, 300), 409],
    [
      "a proof too many",
      (await sample.addAt(300, 300)).replace("\n", `\n${"A".repeat(43)}=\n`),
      422,
    ],
  ];
  for (const [what, body, status] of cases) {
    const answer = await post(body);
    expect([what, answer.status]).toEqual([what, status]);
    if (status !== 409) continue;
    expect(answer.headers.get("content-type")).toBe("text/x.tlog.size");
    expect(await answer.text()).toBe("300\n");
  }
  expect((await post(await sample.addAt(0, 1), "research")).status).toBe(404);
  expect((await post(await sample.addAt(0, 1), "nobody")).status).toBe(404);
  expect(await refusalOf(await post("x".repeat(40_000)))).toBe("413 body-too-large");
  expect((await post(await sample.addAt(300, 300))).status).toBe(200);
  expect(await storedLog(journal)).toBe(before);
});

it("refuses PUTs that are unsigned, of a wrong form or of covered bytes, and stores nothing", async () => {
  const before = await storedLog(journal);
  const unsigned = new Request(`${DASHBOARD}/log/broker/tile/entries/002.p/1`, {
    method: "PUT",
    body: utf8("x"),
  });
  expect((await ask(unsigned)).status).toBe(401);
  const forged = await testSigner("log.example.test/j/broker/request", 9);
  const path = "/log/broker/tile/entries/002.p/1";
  const wrongKey = await signedRequest({ path, body: "x", sign: forged.sign });
  expect((await ask(wrongKey)).status).toBe(401);
  const [covered] = other.puts(0, 256);
  const codes = [
    await put("/log/broker/tile/entries/000", covered?.bytes ?? utf8("")),
    await put("/log/broker/tile/entries/001.p/60", utf8("junk")),
    await put("/log/broker/tile/0/900.p/1", new Uint8Array(32)),
    await put("/log/broker/tile/0/1", new Uint8Array(32)),
    await put("/log/broker/open/0", sample.opening(1)),
    await put("/log/broker/open/5", other.opening(5)),
    await put("/log/broker/open/300", sample.opening(0)),
    await put("/log/broker/open/6", utf8("junk")),
    await put("/log/broker/open/x", sample.opening(6)),
    await put("/log/broker/tile/entries/001.p/60", new Uint8Array(64 * 1024 + 1)),
    await put("/log/research/open/0", sample.opening(0)),
  ];
  expect(await Promise.all(codes.map(refusalOf))).toEqual([
    "409 conflict",
    "400 bad-body",
    "422 not-covered",
    "404 unknown-blob",
    "409 conflict",
    "422 bad-proof",
    "422 not-covered",
    "400 bad-body",
    "404 unknown-blob",
    "413 body-too-large",
    "404 unknown-log",
  ]);
  expect(await storedLog(journal)).toBe(before);
});

it("freezes on a fork: 409 with the stored size, a frozen PUT, an alarm for everyone", async () => {
  const answer = await post(await other.addAt(0, 300));
  expect([answer.status, await answer.text()]).toEqual([409, "300\n"]);
  const later = await post(await sample.addAt(300, 300));
  expect([later.status, later.headers.get("believe-log")]).toEqual([409, "frozen"]);
  const [next] = new SampleLog(310).puts(300, 310);
  const frozen = await put("/log/broker/tile/entries/001.p/54", next?.bytes ?? utf8(""));
  expect(await refusalOf(frozen)).toBe("423 frozen");
  expect((await liveState()).alarms.map(({ kind }) => kind)).toContain("fork");
  expect(await (await get("/log/broker/checkpoint")).text()).toContain("\n300\n");
});

it("takes an opening from the research agent, which proves itself and keeps no wider one out, and nothing else", async () => {
  const by = async (path: string, body: Bytes): Promise<Response> =>
    ask(await signedRequest({ path, body, agent: "research" }));
  expect(await refusalOf(await by("/log/broker/open/7", other.opening(7)))).toBe("422 bad-proof");
  expect((await by("/log/broker/open/7", sample.opening(7))).status).toBe(201);
  expect((await put("/log/broker/open/7", sample.opening(7))).status).toBe(204);
  const statuses: number[] = [];
  // Nothing but commitments, ahead of the broker; then the broker's own; then the narrow one once more.
  statuses.push((await by("/log/broker/open/8", sample.closedOpening(8))).status);
  statuses.push((await put("/log/broker/open/8", sample.opening(8))).status);
  statuses.push((await by("/log/broker/open/8", sample.closedOpening(8))).status);
  expect(statuses).toEqual([201, 201, 409]);
  const shown = await (await get("/log/broker/open/8")).arrayBuffer();
  expect(new Uint8Array(shown)).toEqual(sample.opening(8));
  for (const path of ["/log/broker/tile/entries/002.p/1", "/log/broker/pending"]) {
    expect((await by(path, utf8("x"))).status, path).toBe(401);
  }
  const forged = await testSigner("log.example.test/j/broker/research/request", 9);
  const opening = {
    path: "/log/broker/open/9",
    body: sample.opening(9),
    agent: "research",
  } as const;
  expect((await ask(await signedRequest({ ...opening, sign: forged.sign }))).status).toBe(401);
});
