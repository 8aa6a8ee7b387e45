import { describe, expect, it } from "vitest";
import { BUDGETS, closing, verdictOf, WHOLE_SECONDS_MAX } from "./budget.ts";

describe("the budgets of the suites", () => {
  it("together stay within the whole", () => {
    const sum = Object.values(BUDGETS).reduce((total, seconds) => total + seconds, 0);
    expect(sum).toBeLessThanOrEqual(WHOLE_SECONDS_MAX);
  });

  it("forgive half as long again as noise, and not a second more", () => {
    expect(verdictOf({ name: "unit", ok: true, seconds: 135 }).kept).toBe(true);
    expect(verdictOf({ name: "unit", ok: true, seconds: 136 }).kept).toBe(false);
  });

  it("a suite without a budget is late", () => {
    expect(verdictOf({ name: "unheard-of", ok: true, seconds: 1 }).kept).toBe(false);
  });

  it("a green run in time has nothing failed", () => {
    const { lines, failed } = closing([{ name: "unit", ok: true, seconds: 10 }], true);
    expect(failed).toBe(0);
    expect(lines.slice(-1)).toEqual(["budgets: 2 passed, 0 failed"]);
  });

  it("a late suite and a late whole are both counted, and not in a long run", () => {
    const slow = [{ name: "unit", ok: true, seconds: 601 }];
    expect(closing(slow, true).failed).toBe(2);
    expect(closing(slow, true).lines.slice(-1)).toEqual(["budgets: 0 passed, 2 failed"]);
    expect(closing(slow, false).failed).toBe(0);
  });

  it("a red suite fails the run even when it was quick", () => {
    expect(closing([{ name: "unit", ok: false, seconds: 1 }], true).failed).toBe(1);
  });
});
