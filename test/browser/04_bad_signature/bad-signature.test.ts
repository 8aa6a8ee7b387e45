import { expect, test } from "vitest";
import { tampered } from "../../../pages/dashboard/sample.ts";
import { useStage } from "../stage.ts";

const stage = useStage();

test("a changed figure is struck through, marked with the diamond and said in the sentence", async () => {
  const { edge, visit } = stage();
  const good = edge.snapshot;
  const { page, context } = await visit();
  await page.locator(".figures svg.mark-checked").first().waitFor();
  edge.publish({ figures: tampered(good.figures, '"net":"138.88"', '"net":"938.88"') });
  await page.locator("#sentence", { hasText: "The figures are not what was signed." }).waitFor();
  expect(await page.locator(".figure.is-struck s").allTextContents()).toHaveLength(2);
  expect(await page.locator(".figures svg.mark-failed").count()).toBe(2);
  expect(await page.locator(".figures svg.mark-checked").count()).toBe(4);
  expect(await page.textContent(".pill-link")).toContain("Check failed");
  expect(await page.locator(".fills-table .money").count()).toBe(0);
  edge.publish({ figures: good.figures });
  await page.locator("#sentence", { hasText: "Long 2 MESH4" }).waitFor();
  expect(await page.locator(".figure.is-struck").count()).toBe(0);
  await context.close();
});

test("a status that is no status is not shown at all", async () => {
  const { edge, visit } = stage();
  const good = edge.snapshot;
  edge.snapshot = { ...good, broker: "{}\n\n\u2014 nobody AAAA\n" };
  const { page, context, errors } = await visit();
  await page.locator("#sentence", { hasText: "The status that arrived cannot be read." }).waitFor();
  expect(await page.textContent(".figures")).not.toContain("MESH4");
  expect(errors).toEqual([]);
  edge.snapshot = good;
  await context.close();
});

test("a browser without Ed25519 says that it cannot check", async () => {
  const { page, context } = await stage().visit();
  await page.addInitScript(
    "crypto.subtle.generateKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'))",
  );
  await page.reload();
  await page.locator(".pill-link", { hasText: "Live" }).waitFor();
  expect(await page.textContent(".proven")).toContain("This browser cannot check signatures");
  expect(await page.locator("svg.mark-checked").count()).toBe(0);
  await context.close();
});
