import { join } from "node:path";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { casesAbsent, type Ed25519Case, ed25519Cases } from "../../ed25519-cases.ts";
import { launchBrowser, openReader } from "../browser.ts";

/** A secure context, which WebCrypto asks for; nothing is fetched from it. */
const PAGE = "https://vectors.test/";

describe.skipIf(casesAbsent !== "")(`Ed25519 vectors in Chromium${casesAbsent}`, () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  async function wrongVerdicts(cases: readonly Ed25519Case[]): Promise<unknown> {
    if (!browser) throw new Error("expected a browser, was none");
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, "in-page.ts")],
      bundle: true,
      format: "iife",
      target: "es2022",
      write: false,
    });
    const { context, page } = await openReader(browser);
    await page.route(PAGE, (route) => route.fulfill({ contentType: "text/html", body: "<p>" }));
    await page.goto(PAGE);
    await page.addScriptTag({ content: outputFiles[0]?.text ?? "" });
    const wrong: unknown = await page.evaluate(`wrongVerdicts(${JSON.stringify(cases)})`);
    await context.close();
    return wrong;
  }

  test("each has the profile's verdict, with WebCrypto and with tweetnacl", async () => {
    const cases = ed25519Cases();
    expect(cases).toHaveLength(154);
    expect(await wrongVerdicts(cases)).toEqual({ WebCrypto: [], tweetnacl: [] });
  });

  test("a wrong expectation is found", async () => {
    const cases = ed25519Cases()
      .slice(0, 1)
      .map((one) => ({ ...one, expected: !one.expected }));
    expect(await wrongVerdicts(cases)).toEqual({ WebCrypto: ["wyc-1"], tweetnacl: ["wyc-1"] });
  });
});
