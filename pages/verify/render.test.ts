import { expect, test } from "vitest";
import { sampleEstate, sampleSigners } from "../dashboard/sample.ts";
import { factsOf } from "./facts.ts";
import { clickPairs, type Facts, renderVerify } from "./index.ts";
import { derOf } from "./without-us.tsx";

const estate = sampleEstate(await sampleSigners());
const facts: Facts = {
  brand: estate.brand,
  url: "https://log.example.com",
  dashboard: estate.dashboard,
  origin: estate.origin,
  kind: "paper",
  account: "PAPER-1",
  key: estate.keys.journal,
  witnesses: [{ name: "Worker witness", vkey: "w+00000000+BAAA", own: true }],
  needed: 1,
};

test("the first paint says that nothing is checked, and how to check without a script", () => {
  const html = renderVerify(facts, "");
  expect(html).toContain("Nothing is checked yet.");
  expect(html).not.toMatch(/mark-checked|result-good|run-checked/);
  for (const said of ["npm run verify -- https://log.example.com/log/broker", "openssl pkeyutl"]) {
    expect(html).toContain(said);
  }
});

test("nothing that an address or an estate brings can become markup", () => {
  const evil = '"><script>alert(1)</script>';
  const html = renderVerify({ ...facts, brand: evil, account: evil, url: evil }, evil);
  expect(html).not.toContain("<script>alert");
  expect(html).not.toMatch(/<[^>]+\s(?:style|on[a-z]+)=/);
  expect(renderVerify(facts, "37")).toContain('value="37"');
});

test("the facts go through the page unchanged, and a page without them is a defect", () => {
  const block = /id="facts">([^<]+)</.exec(renderVerify(facts, ""))?.[1] ?? "";
  expect(factsOf(JSON.parse(block))).toEqual(facts);
  expect(() => factsOf({ ...facts, key: 1 })).toThrow("expected text in key");
});

test("OpenSSL is given the journal's key in its DER form", () => {
  const bytes = Uint8Array.from(atob(derOf(estate.keys.journal)), (c) => c.charCodeAt(0));
  const key = Uint8Array.from(atob(estate.keys.journal.split("+").slice(2).join("+")), (c) =>
    c.charCodeAt(0),
  );
  expect(bytes).toHaveLength(44);
  expect(bytes.slice(12)).toEqual(key.slice(1));
});

test("each data-click of the page is a pair that is counted", () => {
  const html = renderVerify(facts, "");
  const named = [...html.matchAll(/data-click="([^"]+)"/g)].map(([, name]) => name);
  const known = new Set(clickPairs.map(({ element }) => element));
  expect(named.filter((name) => !known.has(name ?? ""))).toEqual([]);
});
