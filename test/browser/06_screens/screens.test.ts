import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { DESK, PHONE } from "../browser.ts";
import { useStage } from "../stage.ts";

const stage = useStage();
const FOLDER = fileURLToPath(new URL("../../../docs/screens/", import.meta.url));

/**
 * BELIEVE_SCREENS holds the address of a running estate: its pictures become those of the docs.
 * Without it only that each picture can be taken is checked, on the sample record.
 */
const address = process.env["BELIEVE_SCREENS"];

test.each([
  ["live-desktop-light", DESK, "light"],
  ["live-desktop-dark", DESK, "dark"],
  ["live-phone-light", PHONE, "light"],
  ["live-phone-dark", PHONE, "dark"],
] as const)("%s", async (name, viewport, colorScheme) => {
  const { page, context } = await stage().visit({ viewport, colorScheme, deviceScaleFactor: 1.5 });
  if (address !== undefined) await page.goto(address);
  await page.locator(".pill-link", { hasText: "Live" }).waitFor();
  await page.evaluate("document.fonts.ready.then(() => true)");
  if (address !== undefined) await mkdir(FOLDER, { recursive: true });
  const path = address === undefined ? {} : { path: join(FOLDER, `${name}.png`) };
  const picture = await page.screenshot({ fullPage: true, ...path });
  expect(picture.length).toBeGreaterThan(20_000);
  await context.close();
});
