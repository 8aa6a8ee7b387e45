import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { counted, countText, lotsText, money, pointsText, price, shortHash } from "./number.ts";

describe("money", () => {
  test.each([
    ["141.35", "gain", "+$141.35", "plus 141 dollars 35"],
    ["-17.49", "loss", "\u2212$17.49", "minus 17 dollars 49"],
    ["0", "zero", "$0.00", "0 dollars"],
    ["-0.00", "zero", "$0.00", "0 dollars"],
    ["1234567.5", "gain", "+$1,234,567.50", "plus 1234567 dollars 50"],
    ["-400", "loss", "\u2212$400.00", "minus 400 dollars"],
  ])("%s is %s, printed as %s and spoken as %s", (decimal, direction, text, spoken) => {
    expect(money(decimal)).toEqual({ direction, text, spoken });
  });

  test("the printed amount reads back as the cents that went in", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (cents) => {
        const { text } = money((cents / 100).toFixed(2));
        const back = Number(text.replace("\u2212", "-").replace(/[$,+]/g, ""));
        expect(Math.round(back * 100) + 0).toBe(cents + 0);
      }),
    );
  });

  test("text that is no decimal is not turned into an amount", () => {
    expect(money("<b>1</b>")).toEqual({ direction: "zero", text: "<b>1</b>", spoken: "<b>1</b>" });
  });
});

test("a price keeps its decimals and is never grouped", () => {
  expect(price("4800.25")).toBe("4800.25");
  expect(price("14800")).toBe("14800.00");
  expect(price("-1.5")).toBe("\u22121.50");
});

test("lots carry their sign and flat is a word", () => {
  expect([2, -1, 0].map(lotsText)).toEqual(["+2", "\u22121", "flat"]);
});

test("points always carry a sign and two decimals", () => {
  expect([1.75, -4, 0, -0.001].map(pointsText)).toEqual(["+1.75", "\u22124.00", "+0.00", "+0.00"]);
});

test("counts are grouped and agree with their noun", () => {
  expect(countText(18262)).toBe("18,262");
  expect([counted(1, "line"), counted(2, "line"), counted(0, "leaf", "leaves")]).toEqual([
    "1 line",
    "2 lines",
    "0 leaves",
  ]);
});

test("a hash shows its first 8 and last 4 characters", () => {
  expect(shortHash("b7720f4e00000000c91a")).toBe("b7720f4e\u2026c91a");
});
