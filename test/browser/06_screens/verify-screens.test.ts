import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DESK, launchBrowser, openReader, PHONE } from "../browser.ts";
import { changed } from "../served-log.ts";

const FOLDER = fileURLToPath(new URL("../../../docs/screens/", import.meta.url));

/** The address of a running estate. Its record gives the pictures of the docs; there is nothing to show without one. */
const address = process.env["BELIEVE_SCREENS"];
let browser: Browser | undefined;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** One price of the opened day, changed on its way to the browser. */
const oneLineChanged = changed((bytes) => {
  const text = gunzipSync(bytes).toString();
  return gzipSync(text.replace(/("seq":60,[^\n]*"close":")\d+/, "$19999"));
});

test.skipIf(address === undefined).each([
  ["verify-desktop-light", DESK, "light", false],
  ["verify-desktop-dark", DESK, "dark", false],
  ["verify-phone-light", PHONE, "light", false],
  ["verify-phone-dark", PHONE, "dark", false],
  ["verify-red", DESK, "light", true],
] as const)("%s", async (name, viewport, colorScheme, red) => {
  if (!browser || address === undefined) throw new Error("expected a browser and an address");
  const options = { viewport, colorScheme, deviceScaleFactor: 1.5 };
  const { page, context } = await openReader(browser, options);
  if (red) await page.route("**/open/*.jsonl.gz", oneLineChanged);
  await page.goto(new URL("/verify", address).href);
  await page.locator("button[data-click=check]:enabled").click();
  await page.locator(red ? ".result-bad" : ".result-good").waitFor();
  if (!red) {
    await page.fill("#seq", "60");
    await page.click("text=Prove this line");
    await page.locator(".stair").first().waitFor();
  }
  await page.evaluate("document.fonts.ready.then(() => true)");
  const height = Number(await page.evaluate("document.documentElement.scrollHeight"));
  await page.setViewportSize({ width: viewport.width, height });
  await mkdir(FOLDER, { recursive: true });
  const picture = await page.screenshot({ fullPage: true, path: join(FOLDER, `${name}.png`) });
  expect(picture.length).toBeGreaterThan(20_000);
  await context.close();
});
