import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { DESK, PHONE } from "../browser.ts";
import { useStage } from "../stage.ts";

const stage = useStage();
const FOLDER = fileURLToPath(new URL("../../../docs/screens/", import.meta.url));

/** BELIEVE_SCREENS=1 writes the pictures of the docs; otherwise only that each can be taken is checked. */
test.each([
  ["live-desktop-light", DESK, "light"],
  ["live-desktop-dark", DESK, "dark"],
  ["live-phone-light", PHONE, "light"],
  ["live-phone-dark", PHONE, "dark"],
] as const)("%s", async (name, viewport, colorScheme) => {
  const { page, context } = await stage().visit({ viewport, colorScheme, deviceScaleFactor: 1.5 });
  await page.locator(".pill-link", { hasText: "Live" }).waitFor();
  await page.evaluate("document.fonts.ready.then(() => true)");
  const write = process.env["BELIEVE_SCREENS"] === "1";
  if (write) await mkdir(FOLDER, { recursive: true });
  const path = join(FOLDER, `${name}.png`);
  const picture = await page.screenshot({ fullPage: true, ...(write ? { path } : {}) });
  expect(picture.length).toBeGreaterThan(20_000);
  await context.close();
});
