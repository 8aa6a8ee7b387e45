import { env, exports } from "cloudflare:workers";
import { estate } from "@believe/shared/wire";
import { expect, it, vi } from "vitest";
import { z } from "zod";
import app from "../src/index.ts";
import { writeSnapshot } from "../src/kv/snapshot.ts";
import { securityHeaders } from "../src/middleware/headers.ts";
import { openApiDocument } from "../src/openapi.ts";
import { methodsOf, routeTable } from "../src/route-table.ts";
import { DASHBOARD, signedJson, testEstate } from "./agents.ts";
import { brokerStatusOf } from "./documents.ts";
import { ask, get, liveState, refusalOf } from "./state.ts";

/** The Worker as it is when the live object does not answer. */
function brokenLive() {
  const dead = { getByName: () => ({ snapshot: () => Promise.reject(new Error("moving")) }) };
  return { ...env, LIVE: dead };
}

it("is bound in tests to the estate that the test keys make", async () => {
  expect(JSON.parse(env.ESTATE)).toEqual(await testEstate());
});

it("renders the dashboard at first paint with headers that allow nothing inline", async () => {
  const page = await get("/");
  expect(page.status).toBe(200);
  const html = await page.text();
  expect(html).toMatch(/^<!doctype html>/i);
  expect(html).not.toMatch(/ style=|<style|<script(?![^>]*(?: src=|application\/json))/);
  for (const [name, value] of Object.entries(securityHeaders)) {
    expect(page.headers.get(name)).toBe(value);
  }
  expect(securityHeaders["content-security-policy"]).not.toContain("unsafe");
});

it("shows the last copy when the live object does not answer, and says so when there is none", async () => {
  const request = () => new Request(`${DASHBOARD}/`);
  await env.KV.delete("live/snapshot");
  expect(await refusalOf(await app.fetch(request(), brokenLive()))).toBe("503 live-unavailable");
  await env.KV.put("live/snapshot", '{"n":1}');
  expect(await refusalOf(await app.fetch(request(), brokenLive()))).toBe("503 live-unavailable");
  const broker = await signedJson(
    brokerStatusOf(1, { feed: { ...brokerStatusOf(1).feed, name: "the copied feed" } }),
  );
  await writeSnapshot(env.KV, { ...(await liveState()), broker });
  const page = await app.fetch(request(), brokenLive());
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("the copied feed");
});

it("tells the estate and nothing beside it", async () => {
  const answer = await (await get("/api/estate")).json();
  expect(estate.parse(answer)).toEqual(await testEstate());
  expect(JSON.stringify(answer)).not.toContain(env.WITNESS_SEED);
});

it("answers what it does not know with problem details and the same headers", async () => {
  for (const path of ["/nothing", "/api", "/status", "/.env", "/log/broker", "/assets/none.js"]) {
    const answer = await get(path);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect([path, await refusalOf(answer)]).toEqual([path, "404 unknown-route"]);
  }
  for (const [method, path, allow] of [
    ["DELETE", "/", "GET"],
    ["GET", "/click", "POST"],
    ["POST", "/status/broker", "PUT"],
    ["GET", "/log/broker/pending", "PUT"],
    ["PATCH", "/log/broker/tile/0/x001/067", "GET, PUT"],
  ] as const) {
    const answer = await ask(new Request(`${DASHBOARD}${path}`, { method }));
    expect(answer.headers.get("allow")).toBe(allow);
    expect([path, await refusalOf(answer)]).toEqual([path, "405 method-not-allowed"]);
  }
});

it("hides what went wrong inside", async () => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const secret = { ...brokenLive(), ESTATE: "secret words" };
  const answer = await app.fetch(new Request(`${DASHBOARD}/api/estate`), secret);
  const text = await answer.text();
  expect([answer.status, text.includes("secret")]).toEqual([500, false]);
  expect(logged).toHaveBeenCalledOnce();
  logged.mockRestore();
});

it("stops reading a body that is too large, declared or not", async () => {
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
  });
  const headers = { "content-type": "text/plain" };
  const init = { method: "PUT", headers, body: endless, duplex: "half" };
  const answer = await exports.default.fetch(new Request(`${DASHBOARD}/status/broker`, init));
  expect(await refusalOf(answer)).toBe("413 body-too-large");
});

it("documents every route that it serves and serves every route that it documents", () => {
  const served = app.routes
    .filter(({ method }) => method !== "ALL" && method !== "OPTIONS")
    .map(({ method, path }) => {
      const named = path.replaceAll(/:(\w+)/g, "{$1}").replace("/tile/*", "/tile/{tile}");
      return `${method} ${named}`;
    });
  const told = routeTable.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect([...new Set(served)].sort()).toEqual([...told].sort());
  expect(methodsOf("/log/broker/pending")).toEqual(["PUT"]);
});

it("serves the document that the table makes, each refusal with its codes", async () => {
  const paths = z.object({
    openapi: z.literal("3.1.0"),
    paths: z.record(z.string(), z.record(z.string(), z.object({ responses: z.looseObject({}) }))),
  });
  const served = await (await get("/openapi.json")).json();
  expect(served).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  const responses = paths.parse(served).paths["/status/{agent}"]?.["put"]?.responses ?? {};
  expect(Object.keys(responses)).toEqual(["204", "401", "403", "404", "409", "413", "422"]);
});
