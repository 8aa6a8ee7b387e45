import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { SignedClient } from "@believe/host/http";
import type { Browser, Page } from "playwright-core";
import { ROOT } from "../scripts/paths.ts";
import { launchBrowser, openReader } from "../test/browser/browser.ts";
import { type RunningEstate, startEstate } from "../test/browser/estate.ts";
import { ServedLog } from "../test/browser/served-log.ts";
import type { Metric } from "./metric.ts";

const ORIGIN = "log.example.com/j/broker";
/** 100,000 lines as they fall in a busy week: a thousand minutes of a hundred lines. */
const LEAVES = 1000;
const PER_LEAF = 100;
const ROUNDS = 3;
const PAGES = ["", "verify"];

const LCP = `new Promise((resolve) => new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
  .observe({ type: "largest-contentful-paint", buffered: true }))`;
const SCRIPTS = `performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.endsWith(".js"))`;
/** The longest time between two frames while the check runs, in ms. */
const FRAMES = `globalThis.longest = 0; let last = performance.now();
  const look = (now) => { globalThis.longest = Math.max(globalThis.longest, now - last); last = now; requestAnimationFrame(look); };
  requestAnimationFrame(look);`;

function metric(name: string, value: number, unit: string, max: number): Metric {
  const rounded = Math.round(value * 100) / 100;
  return {
    bench: "browser",
    metric: name,
    value: rounded,
    unit,
    bar: `≤ ${max}`,
    ok: value <= max,
  };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function numberOf(page: Page, expression: string): Promise<number> {
  return Number(await page.evaluate(expression));
}

/** Seconds from the click to the verdict, and the longest frame meanwhile. The record is checked from nothing each time. */
async function verified(
  browser: Browser,
  url: string,
): Promise<{ seconds: number; frameMs: number }> {
  const { page, context } = await openReader(browser);
  await page.goto(`${url}verify`);
  await page.locator("button[data-click=check]:enabled").waitFor();
  await page.evaluate(FRAMES);
  const begin = performance.now();
  await page.click("button[data-click=check]");
  await page.locator(".result-good, .result-bad, .result-warn").waitFor();
  const seconds = (performance.now() - begin) / 1000;
  const verdict = (await page.textContent(".verdict")) ?? "";
  if (!verdict.startsWith("100,000 lines in 1,000 leaves match")) {
    throw new Error(`expected 100,000 lines to match, was ${verdict}`);
  }
  const frameMs = await numberOf(page, "globalThis.longest");
  await context.close();
  return { seconds, frameMs };
}

/** The worst page's median time to its largest paint, and its scripts before any click. */
async function firstViews(
  browser: Browser,
  url: string,
): Promise<{ lcpMs: number; scripts: string[][] }> {
  const lcp: number[] = [];
  const scripts: string[][] = [];
  for (const path of PAGES) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { page, context } = await openReader(browser);
      await page.goto(url + path, { waitUntil: "load" });
      times.push(await numberOf(page, LCP));
      if (round === 0) scripts.push(String(await page.evaluate(SCRIPTS)).split(","));
      await context.close();
    }
    lcp.push(median(times));
  }
  return { lcpMs: Math.max(...lcp), scripts };
}

async function gzipKb(script: string): Promise<number> {
  const file = join(ROOT, "pages/dist", new URL(script).pathname);
  return gzipSync(await readFile(file), { level: 9 }).length / 1000;
}

async function filled(estate: RunningEstate): Promise<void> {
  const { sign, publicKey } = estate.signers.broker;
  const log = new ServedLog(LEAVES, PER_LEAF, { name: ORIGIN, publicKey, sign });
  const baseUrl = estate.url.replace(/\/$/, "");
  const client = new SignedClient({ baseUrl, keyId: `${ORIGIN}/request`, sign });
  await log.push(estate.url, client);
  await client.close();
}

/** The pages in Chromium against the Worker on this machine. */
export async function run(): Promise<readonly Metric[]> {
  const [browser, estate] = await Promise.all([launchBrowser(), startEstate()]);
  try {
    const { lcpMs, scripts } = await firstViews(browser, estate.url);
    const kb = await Promise.all(
      scripts.map(async (names) => {
        const sizes = await Promise.all(names.map(gzipKb));
        return sizes.reduce((sum, size) => sum + size, 0);
      }),
    );
    await filled(estate);
    const runs: { seconds: number; frameMs: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) runs.push(await verified(browser, estate.url));
    return [
      metric("verify_100k_s", median(runs.map(({ seconds }) => seconds)), "s", 3),
      metric("verify_frame_ms", median(runs.map(({ frameMs }) => frameMs)), "ms", 100),
      metric("lcp_ms", lcpMs, "ms", 1000),
      metric("first_view_js_kb", Math.max(...kb), "kB gzip", 100),
    ];
  } finally {
    await browser.close();
    await estate.stop();
  }
}
