import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atr } from "./atr.ts";
import { sma } from "./sma.ts";

const tick = fc.integer({ min: -50_000, max: 50_000 });

describe("sma", () => {
  it("is null until it has seen its length and then is the mean of the last inputs", () => {
    fc.assert(
      fc.property(fc.array(tick, { maxLength: 200 }), fc.integer({ min: 1, max: 40 }), (xs, n) => {
        const running = sma.create(n);
        xs.forEach((x, i) => {
          const window = xs.slice(Math.max(0, i + 1 - n), i + 1);
          const mean = window.reduce((sum, value) => sum + value, 0) / n;
          expect(running.push(x)).toBe(i < sma.lookback(n) ? null : mean);
        });
      }),
    );
  });
});

describe("atr", () => {
  const bar = fc.tuple(tick, fc.nat(50), fc.nat(50)).map(([close, up, down]) => ({
    high: close + up,
    low: close - down,
    close,
  }));

  it("starts at bar `length` with the mean true range and then smooths as Wilder does", () => {
    fc.assert(
      fc.property(fc.array(bar, { maxLength: 80 }), fc.integer({ min: 1, max: 20 }), (bars, n) => {
        const running = atr.create(n);
        const got = bars.map((input) => running.push(input));
        const ranges = bars.slice(1).map((input, i) => {
          const before = bars[i]?.close ?? 0;
          return Math.max(input.high, before) - Math.min(input.low, before);
        });
        let expected: number | null = null;
        bars.forEach((_, i) => {
          if (i === n) expected = ranges.slice(0, n).reduce((a, b) => a + b, 0) / n;
          else if (i > n && expected !== null)
            expected = (expected * (n - 1) + (ranges[i - 1] ?? 0)) / n;
          expect(got[i]).toBe(expected);
        });
      }),
    );
  });
});
