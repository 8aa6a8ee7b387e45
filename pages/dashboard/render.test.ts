import { expect, test } from "vitest";
import { embeddedJson } from "../ui/shell.tsx";
import { clickPairs, renderDashboard } from "./index.ts";
import {
  hoursBetween,
  SAMPLE_NOW_US,
  sampleEstate,
  sampleFills,
  sampleLive,
  sampleLiveEstate,
  sampleSigners,
  sampleSnapshot,
} from "./sample.ts";

const signers = await sampleSigners();
const estate = sampleEstate(signers);
const page = async (change = {}, brand = estate.brand) =>
  renderDashboard({
    estate: { ...estate, brand },
    snapshot: await sampleSnapshot(signers, change),
    nowUs: SAMPLE_NOW_US,
  });

test("the first paint says the state, the figures, the fills and the account without a script", async () => {
  const html = await page();
  const text = html
    .replace(/<script[^>]*application\/json[\s\S]*?<\/script>/g, "")
    .replace(/<[^>]+>/g, "");
  for (const said of [
    "Long 2 MESH4 from 4801.50",
    "+$138.88",
    "\u2212$42.48",
    "#18222",
    "seeded tape",
  ]) {
    expect(text).toContain(said);
  }
  expect(html).toContain("<title>Live \u00b7 believe</title>");
});

test("an overdue day of a live account is red before any script runs, a day that waits for its time is not", async () => {
  const at = async (fromIso: string) => {
    const hours = hoursBetween(fromIso, "2026-11-20T14:40:00Z");
    const snapshot = await sampleSnapshot(signers, sampleLive(hours));
    return renderDashboard({ estate: sampleLiveEstate(signers), snapshot, nowUs: SAMPLE_NOW_US });
  };
  const late = await at("2026-11-16T23:00:00Z");
  expect(late).toMatch(/<span class="bad">1 day overdue\.<\/span>/);
  expect(late).toMatch(/<tr class="part-bad">(?:(?!<\/tr>).)*1 day overdue: Tue 17 Nov 2026/);
  expect(await at("2026-11-17T23:00:00Z")).not.toMatch(/overdue|part-bad/);
});

test("nothing from the network can become markup or leave its data block", async () => {
  const evil = "</script><script>alert(1)</script><img src=x>";
  const html = await page(
    { snapshot: { alarms: [{ kind: "fork", atUs: 1, detail: evil }] } },
    evil,
  );
  expect(html).not.toContain("<script>alert");
  expect(html).not.toContain("<img");
  expect(JSON.parse(embeddedJson({ evil }))).toEqual({ evil });
  expect(embeddedJson({ evil, line: "\u2028" })).not.toMatch(/[<\u2028]/);
});

test("a strict CSP holds: no style attribute, no handler, no inline script", async () => {
  const html = await page();
  expect(html).not.toMatch(/<[^>]+\s(?:style|on[a-z]+)=/);
  const scripts = [...html.matchAll(/<script([^>]*)>/g)].map(([, attributes]) => attributes ?? "");
  expect(scripts.every((s) => s.includes("src=") || s.includes("application/json"))).toBe(true);
});

test("each data-click of the page is a pair that is counted, and each pair is on the page", async () => {
  const html = await page();
  const named = new Set([...html.matchAll(/data-click="([^"]+)"/g)].map(([, name]) => name));
  expect([...named].sort()).toEqual(clickPairs.map((pair) => pair.element).sort());
});

test("a pending line has no link, a sealed one links to its proof", async () => {
  const [pending, sealed] = sampleFills();
  const html = await page({ snapshot: { fills: [pending, sealed] } });
  expect(html).toContain(`/verify?seq=${sealed?.seq}`);
  expect(html.match(/\/verify\?seq=/g)).toHaveLength(2);
  expect(html.match(/mark-witnessed/g)).toHaveLength(2);
  const alone = await page({ snapshot: { fills: [pending, sealed], witnessing: null } });
  expect(alone).not.toContain("mark-witnessed");
});
