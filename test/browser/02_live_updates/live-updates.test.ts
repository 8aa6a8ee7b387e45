import { signDocument } from "@believe/shared/wire/log";
import { expect, test } from "vitest";
import { sampleStatus } from "../../../pages/dashboard/sample.ts";
import { useStage } from "../stage.ts";

const stage = useStage();

const statusNote = (last: string) => {
  const status = sampleStatus();
  const positions = (status.positions ?? []).map((line) => ({ ...line, last }));
  return signDocument(JSON.stringify({ ...status, positions }), stage().signers.broker);
};

test("a delta reaches the page, checked, and keeps the nodes that the server sent", async () => {
  const { page, context, errors } = await stage().visit();
  await page.locator(".pill-link", { hasText: "Live" }).waitFor();
  await page.evaluate("document.querySelector('#sentence').dataset.kept = 'yes'");
  stage().edge.publish({ broker: await statusNote("4810.00") });
  await page.locator(".figure-value", { hasText: "4810.00" }).waitFor();
  await page.locator(".figure-value", { hasText: "+$85.00" }).waitFor();
  expect(await page.getAttribute("#sentence", "data-kept")).toBe("yes");
  expect(await page.locator(".figures svg.mark-checked").count()).toBe(6);
  expect(errors).toEqual([]);
  await context.close();
});

test("a lost delta is noticed and the whole is fetched again", async () => {
  const { page, context } = await stage().visit();
  await page.locator(".pill-link", { hasText: "Live" }).waitFor();
  const served = stage().edge.snapshotsServed();
  stage().edge.publish({ broker: await statusNote("4811.00") }, { skip: 3 });
  await page.locator(".figure-value", { hasText: "4811.00" }).waitFor();
  expect(stage().edge.snapshotsServed()).toBe(served + 1);
  await context.close();
});

test("a burst of deltas is painted at most four times a second", async () => {
  const { page, context } = await stage().visit();
  await page.locator(".pill-link", { hasText: "Live" }).waitFor();
  await page.evaluate(`globalThis.paints = 0; new MutationObserver(() => { globalThis.paints += 1; })
    .observe(document.querySelector('#live'), { subtree: true, childList: true, characterData: true })`);
  const started = Date.now();
  for (let i = 0; i < 60; i++) stage().edge.publish({ broker: await statusNote(`48${20 + i}.25`) });
  await page.locator(".figure-value", { hasText: "4879.25" }).waitFor();
  const seconds = (Date.now() - started) / 1000;
  expect(await page.evaluate("globalThis.paints")).toBeLessThanOrEqual(4 * (seconds + 1));
  await context.close();
});

test("clicks are told once, as the visitor leaves, and not for a visitor who asked for privacy", async () => {
  const { page, context } = await stage().visit();
  await page.locator(".pill-link", { hasText: "Live" }).waitFor();
  await page.click("summary");
  await page.click("summary");
  expect(stage().edge.clicks).toEqual([]);
  await page.goto("about:blank");
  const pair = { page: "live", element: "equity-table" };
  await expect.poll(() => stage().edge.clicks).toEqual([[pair, pair]]);
  await context.close();
  const quiet = await stage().visit();
  await quiet.page.addInitScript(
    "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })",
  );
  await quiet.page.reload();
  await quiet.page.locator(".pill-link", { hasText: "Live" }).waitFor();
  await quiet.page.click("summary");
  await quiet.page.goto("about:blank");
  await quiet.page.waitForTimeout(200);
  expect(stage().edge.clicks).toHaveLength(1);
  await quiet.context.close();
});
