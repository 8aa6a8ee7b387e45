import { parseIsoUs } from "@believe/shared/base";
import { expect, test } from "vitest";
import { hoursBetween, sampleLive, sampleSnapshot } from "../../../pages/dashboard/sample.ts";
import { useStage } from "../stage.ts";

const stage = useStage();
/** Wednesday's session had to open on Thursday at 17:30 CT: 24 hours later, on Friday, it is overdue. */
const OVERDUE_US = parseIsoUs("2026-11-20T23:30:00Z");
const FRIDAY = "2026-11-20T22:00:00Z";
const COLOR = "getComputedStyle(document.querySelector('.sentence .bad')).color";
const RECORD_COLOR = "getComputedStyle(document.querySelector('.part-bad .part-says')).color";
const RED = "rgb(172, 12, 45)";

test("a live account's day turns red in the very second, and is forgiven once it is opened", async () => {
  const { edge, signers, visit } = stage();
  const [before, nowUs] = [edge.snapshot, edge.nowUs];
  const live = sampleLive(hoursBetween("2026-11-17T23:00:00Z", FRIDAY));
  edge.nowUs = OVERDUE_US - 2_000_000;
  edge.snapshot = { ...(await sampleSnapshot(signers, live)), atUs: edge.nowUs };
  const { page, context, errors } = await visit();
  expect(await page.textContent(".plumbing-table")).not.toContain("overdue");
  await page.locator(".sentence .bad", { hasText: "1 day overdue." }).waitFor();
  expect([await page.evaluate(COLOR), await page.evaluate(RECORD_COLOR)]).toEqual([RED, RED]);
  expect(await page.textContent(".part-bad")).toContain("1 day overdue: Wed 18 Nov 2026");
  expect(await page.textContent(".pill-link")).toContain("1 day overdue");
  const thursday = hoursBetween("2026-11-18T23:00:00Z", FRIDAY);
  edge.publish({ log: { ...edge.snapshot.log, unopenedHours: thursday } });
  await page.locator(".part-bad").waitFor({ state: "detached" });
  expect(await page.locator(".sentence .bad").count()).toBe(0);
  expect(errors).toEqual([]);
  Object.assign(edge, { snapshot: before, nowUs });
  await context.close();
});
