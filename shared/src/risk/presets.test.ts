import { describe, expect, it } from "vitest";
import { limits } from "./limits.ts";
import { limitsOf, riskSettings } from "./presets.ts";

describe("risk settings", () => {
  it("take a funded account's rules by name, the operator's changes on top", () => {
    const set = limitsOf("funded-50k-intraday", { positionLotsMax: 2 });
    expect(set).toMatchObject({ drawdownMinorMax: 200_000, positionLotsMax: 2, lots: 1 });
    expect(set.drawdownFrom).toBe("intraday-peak");
    expect(() => limitsOf("house", { lots: 0 })).toThrow();
  });

  it("are the defaults where nothing is said", () => {
    const { preset, limits: changes } = riskSettings.parse({});
    expect(limitsOf(preset, changes)).toEqual(limits.parse({}));
  });

  it.each([
    [{ preset: "reckless" }, ["preset"]],
    [{ limits: { lots: 0 } }, ["limits", "lots"]],
    [{ limits: { lotsMax: 1 } }, ["limits"]],
    [{ limits: { blackouts: [] } }, ["limits"]],
    [{ blackout: "x" }, []],
  ])("are refused with the place of the mistake: %j", (settings, path) => {
    expect(riskSettings.safeParse(settings).error?.issues.map((issue) => issue.path)).toEqual([
      path,
    ]);
  });
});
