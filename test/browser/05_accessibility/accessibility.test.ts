import axe from "axe-core";
import { expect, test } from "vitest";
import { tampered } from "../../../pages/dashboard/sample.ts";
import { DESK, PHONE, type Reader } from "../browser.ts";
import { useStage } from "../stage.ts";

const stage = useStage();

/** Runs axe through the debugger, which the page's CSP does not bind. */
async function violations({ page }: Reader): Promise<unknown> {
  await page.evaluate(axe.source);
  return page.evaluate(`axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
    .then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })) })))`);
}

test.each([
  ["desk, light", DESK, "light"],
  ["desk, dark", DESK, "dark"],
  ["phone, light", PHONE, "light"],
  ["phone, dark", PHONE, "dark"],
] as const)("axe finds nothing (%s)", async (_name, viewport, colorScheme) => {
  const reader = await stage().visit({ viewport, colorScheme });
  await reader.page.locator(".pill-link", { hasText: "Live" }).waitFor();
  expect(await violations(reader)).toEqual([]);
  await reader.context.close();
});

test.each(["light", "dark"] as const)(
  "axe finds nothing in the worst state (%s)",
  async (scheme) => {
    const { edge, visit } = stage();
    const good = edge.snapshot;
    edge.snapshot = {
      ...good,
      figures: tampered(good.figures, "138.88", "938.88"),
      research: null,
    };
    const reader = await visit({ colorScheme: scheme });
    await reader.page.locator(".figures svg.mark-failed").first().waitFor();
    expect(await violations(reader)).toEqual([]);
    edge.snapshot = good;
    await reader.context.close();
  },
);

test("the keyboard goes in reading order, beginning with the skip links", async () => {
  const { page, context } = await stage().visit();
  await page.locator(".pill-link", { hasText: "Live" }).waitFor();
  const order: unknown[] = [];
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press("Tab");
    order.push(await page.evaluate("document.activeElement.textContent.trim()"));
  }
  expect(order).toEqual(["To the state", "To the figures", "believe", "Live", "Verify", "Table"]);
  await context.close();
});

test("money is spoken with its sign and triangles are silent", async () => {
  const { page, context } = await stage().visit();
  const money = page.locator(".figure-value .money").first();
  expect(await money.locator(".spoken").textContent()).toBe("plus 138 dollars 88");
  expect(await money.locator("svg").getAttribute("aria-hidden")).toBe("true");
  await context.close();
});
