import { expect, test } from "vitest";
import { useStage } from "../stage.ts";

const stage = useStage();

test("a lost edge is said once, values grey with their time, and the page returns by itself", async () => {
  const { edge, visit } = stage();
  const { page, context } = await visit();
  await page.locator(".pill-link", { hasText: "Live" }).waitFor();
  edge.reachable = false;
  edge.dropSockets();
  await page.locator(".pill-link", { hasText: "Offline" }).waitFor();
  const sentence = page.locator("#sentence");
  expect((await sentence.textContent())?.replaceAll("\u00a0", " ")).toBe(
    "You are offline. This copy was true at 13:52:14 CT and nothing below is moving. It returns by itself.",
  );
  expect(await page.locator(".figure.is-dated").count()).toBe(6);
  await page.locator("#announce", { hasText: "You are offline." }).waitFor({ state: "attached" });
  edge.reachable = true;
  await page.locator(".pill-link", { hasText: "Live" }).waitFor({ timeout: 20_000 });
  expect(await sentence.textContent()).toContain("Long 2 MESH4");
  await context.close();
});

test("the browser's own word that the network is gone is believed at once", async () => {
  const { page, context } = await stage().visit();
  await page.locator(".pill-link", { hasText: "Live" }).waitFor();
  await context.setOffline(true);
  await page.locator(".pill-link", { hasText: "Offline" }).waitFor();
  await context.setOffline(false);
  await page.locator(".pill-link", { hasText: "Live" }).waitFor({ timeout: 20_000 });
  await context.close();
});
