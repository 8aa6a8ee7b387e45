import { expect, test } from "vitest";
import { DESK, PHONE } from "../browser.ts";
import { useStage } from "../stage.ts";

const stage = useStage();
const SHIFT = `new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 1500);
})`;

/** What reaches beyond the right edge, scrolled to or cut off. */
const OVER = `[...document.querySelectorAll("body, body *")]
  .filter((e) => !e.closest("svg svg, .spoken, .skip") && e.getBoundingClientRect().right > innerWidth + 0.5)
  .map((e) => e.outerHTML.slice(0, 120))
  .concat(document.documentElement.scrollWidth > innerWidth ? ["the page scrolls"] : [])`;

test("without JavaScript the page says state, figures, fills and its own time", async () => {
  const { page, context } = await stage().visit({ javaScriptEnabled: false });
  expect(await page.title()).toBe("Live \u00b7 believe");
  const text = (await page.textContent("body")) ?? "";
  for (const said of [
    "Long 2 MESH4 from 4801.50",
    "+$138.88",
    "4803.25",
    "#18222",
    "Paper seeded tape",
    "RTH closes in 1 h 7 min",
    "Snapshot of 2026-11-20 14:40:01 UTC",
    "Copy of 14:40:02 UTC",
  ]) {
    expect(text).toContain(said);
  }
  expect(await page.locator("svg.mark-checked").count()).toBe(0);
  await context.close();
});

test.each([
  ["desk", DESK],
  ["phone", PHONE],
])("nothing moves while fonts, script and socket arrive (%s)", async (_name, viewport) => {
  const { page, context, errors } = await stage().visit({ viewport });
  expect(await page.evaluate(SHIFT)).toBeLessThan(0.005);
  expect(errors).toEqual([]);
  await context.close();
});

test("everything comes from the page's own host", async () => {
  const { page, context } = await stage().visit();
  const urls = await page.evaluate("performance.getEntriesByType('resource').map((e) => e.name)");
  expect(Array.isArray(urls) && urls.length > 3).toBe(true);
  expect(
    String(urls)
      .split(",")
      .filter((url) => !url.startsWith(stage().edge.url)),
  ).toEqual([]);
  await context.close();
});

test("no width from a wide desk to 400 % zoom scrolls sideways", async () => {
  const { page, context } = await stage().visit();
  for (const width of [1920, 1440, 1100, 768, 720, 390, 360, 320]) {
    await page.setViewportSize({ width, height: 800 });
    const over = await page.evaluate(OVER);
    expect({ width, over }).toEqual({ width, over: [] });
  }
  await context.close();
});
