import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { clickPairs } from "@believe/pages/dashboard";
import { CLICKS_MAX } from "@believe/shared/wire";
import { expect, it } from "vitest";
import { z } from "zod";
import type { ClickDO } from "../src/objects/click-do.ts";
import { CLICK_BYTES_MAX } from "../src/routes/click.ts";
import { DASHBOARD } from "./agents.ts";
import { ask, refusalOf, storedState } from "./state.ts";

const pair = clickPairs[0] ?? { page: "", element: "" };
const known = JSON.stringify([pair]);

function post(body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Response> {
  const all = { "content-type": "text/plain", ...headers };
  return ask(new Request(`${DASHBOARD}/click`, { method: "POST", body, headers: all }));
}

const counted = () =>
  runInDurableObject(env.CLICK.getByName("click"), (click: ClickDO, state) => ({
    written: click.rowsWritten,
    rows: state.storage.sql.exec("SELECT page, element, count FROM click").toArray(),
  }));

it("refuses everything but a known pair before any object is touched", async () => {
  const junk: [string, Promise<Response>][] = [
    ["400 bad-body", post("")],
    ["400 bad-body", post("{")],
    ["400 bad-body", post("[]")],
    ["400 bad-body", post("null")],
    ["400 bad-body", post(JSON.stringify(pair))],
    ["400 bad-body", post(JSON.stringify(Array(CLICKS_MAX + 1).fill(pair)))],
    ["400 bad-body", post(JSON.stringify([{ ...pair, extra: 1 }]))],
    ["400 bad-body", post(JSON.stringify([{ page: pair.page }]))],
    ["400 bad-body", post(JSON.stringify([{ page: "../..", element: "x" }]))],
    ["400 bad-body", post(new Uint8Array([0xff]))],
    ["400 bad-body", post(known, { "content-type": "application/x-www-form-urlencoded" })],
    ["422 unknown-click", post('[{"page":"dashboard","element":"no-such-thing"}]')],
    ["422 unknown-click", post('[{"page":"constructor","element":"constructor"}]')],
    // One unknown among known ones: none of them counts.
    ["422 unknown-click", post(JSON.stringify([pair, { page: "live", element: "nothing" }]))],
    ["413 body-too-large", post(known.padEnd(CLICK_BYTES_MAX + 1))],
    ["403 foreign-origin", post(known, { origin: "https://evil.test" })],
    ["403 foreign-origin", post(known, { origin: "null" })],
  ];
  const answers = await Promise.all(junk.map(async ([, answer]) => refusalOf(await answer)));
  expect(answers).toEqual(junk.map(([expected]) => expected));
  // Nothing but a known pair can wake an object or cost a row: none of the class was ever made.
  expect(await listDurableObjectIds(env.CLICK)).toEqual([]);
  expect((await env.KV.list()).keys).toEqual([]);
});

it("counts a click with one row written, from a beacon, from JSON and from the site", async () => {
  const before = (await counted()).written;
  expect((await post(known)).status).toBe(204);
  expect((await post(known, { "content-type": "application/json" })).status).toBe(204);
  const fromSite = await post(known, { origin: "https://example.test" });
  expect(fromSite.headers.get("access-control-allow-origin")).toBe("https://example.test");
  const { written, rows } = await counted();
  expect(written - before).toBe(3);
  expect(rows).toEqual([{ ...pair, count: 3 }]);
});

it("counts the clicks of a visit together, with one row written for each element", async () => {
  const before = await counted();
  const countOf = ({ rows }: typeof before, element: string) =>
    z
      .int()
      .catch(0)
      .parse(rows.find((row) => row["element"] === element)?.["count"]);
  const [first = pair, second = pair] = clickPairs;
  expect((await post(JSON.stringify([first, second, first]))).status).toBe(204);
  expect((await post(JSON.stringify(Array(CLICKS_MAX).fill(second)))).status).toBe(204);
  const after = await counted();
  expect(after.written - before.written).toBe(3);
  expect(countOf(after, first.element) - countOf(before, first.element)).toBe(2);
  expect(countOf(after, second.element) - countOf(before, second.element)).toBe(1 + CLICKS_MAX);
});

it("answers a preflight of the site only", async () => {
  const preflight = (origin: string) =>
    ask(new Request(`${DASHBOARD}/click`, { method: "OPTIONS", headers: { origin } }));
  expect((await preflight("https://example.test")).status).toBe(204);
  expect(await refusalOf(await preflight("https://evil.test"))).toBe("403 foreign-origin");
});

it("keeps no address and no agent string", async () => {
  await post(known, { "cf-connecting-ip": "192.0.2.77", "user-agent": "Curious/1.0" });
  expect(await storedState()).not.toMatch(/192\.0\.2\.77|Curious/);
});
