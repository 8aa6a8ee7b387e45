import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sampleSnapshot } from "../../../pages/dashboard/sample.ts";
import { launchBrowser, openReader } from "../browser.ts";
import { type RunningEstate, startEstate } from "../estate.ts";

let browser: Browser | undefined;
let estate: RunningEstate | undefined;

beforeAll(async () => {
  [browser, estate] = await Promise.all([launchBrowser(), startEstate()]);
});
afterAll(async () => {
  await browser?.close();
  await estate?.stop();
});

function stage(): { browser: Browser; estate: RunningEstate } {
  if (!browser || !estate) throw new Error("expected browser and Worker, was one of them missing");
  return { browser, estate };
}

/** The sample as agents would sign it at this moment. */
function signedNow(n: number, last: string): ReturnType<typeof sampleSnapshot> {
  const atUs = Date.now() * 1000;
  const position = { symbol: "MESH4", lots: 2, averagePrice: "4801.50", stop: "4797.50", last };
  return sampleSnapshot(stage().estate.signers, {
    status: { n, atUs, startedAtUs: atUs - 60_000_000, positions: [position] },
    research: { n, atUs, startedAtUs: atUs - 60_000_000 },
    figures: { n, atUs },
  });
}

test("the real Worker's page comes alive: empty at first, then signed, checked and moving", async () => {
  const { browser, estate } = stage();
  const { page, context, errors } = await openReader(browser);
  await page.goto(estate.url);
  await page.locator("#sentence", { hasText: "has not reported yet" }).waitFor();
  await page.locator(".pill-link", { hasText: "Live" }).waitFor();
  expect(await estate.put(await signedNow(1, "4803.25"))).toEqual([204, 204, 204]);
  await page.locator(".figure-value", { hasText: "4803.25" }).waitFor();
  await page.locator("#sentence", { hasText: "Long 2 MESH4 from 4801.50" }).waitFor();
  await page.locator(".proven", { hasText: "This browser checked 3 signatures" }).waitFor();
  expect(await estate.put(await signedNow(2, "4804.00"))).toEqual([204, 204, 204]);
  await page.locator(".figure-value", { hasText: "4804.00" }).waitFor();
  expect(errors).toEqual([]);
  await context.close();
});

test("a second visitor gets the state at first paint, without JavaScript", async () => {
  const { browser, estate } = stage();
  const { page, context } = await openReader(browser, { javaScriptEnabled: false });
  await page.goto(estate.url);
  expect(await page.textContent("#sentence")).toContain("Long 2 MESH4 from 4801.50");
  await context.close();
});

test("a counted click is taken and junk is refused", async () => {
  const { browser, estate } = stage();
  const { page, context } = await openReader(browser);
  await page.goto(estate.url);
  await page.locator(".pill-link", { hasText: "Live" }).waitFor();
  // The brand leads to this same page: a browser that leaves may never tell what its beacon was answered.
  await page.evaluate('addEventListener("click", (event) => event.preventDefault())');
  const answered = page.waitForResponse("**/click");
  await page.click("a.brand");
  await page.evaluate('dispatchEvent(new Event("pagehide"))');
  expect((await answered).status()).toBeLessThan(300);
  const junk = await fetch(new URL("/click", estate.url), { method: "POST", body: '{"page":"x"}' });
  expect(junk.status).toBeGreaterThanOrEqual(400);
  await context.close();
});
