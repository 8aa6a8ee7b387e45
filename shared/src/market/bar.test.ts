import { priceTicks, timeUs } from "@believe/shared/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimeBars } from "./bar.ts";

describe("TimeBars", () => {
  it("cuts trades on the grid of the clock, whatever the trades are", () => {
    const trade = fc.tuple(
      fc.nat(9),
      fc.integer({ min: 90, max: 110 }),
      fc.integer({ min: 1, max: 9 }),
    );
    fc.assert(
      fc.property(fc.array(trade, { minLength: 1, maxLength: 60 }), (trades) => {
        const bars = new TimeBars(5);
        let now = 0;
        const groups = new Map<number, { price: number; size: number }[]>();
        const closed = [];
        for (const [gap, price, size] of trades) {
          now += gap;
          if (bars.dueUs <= now) closed.push(bars.close());
          bars.add(timeUs(now), priceTicks(price), size);
          const from = now - (now % 5);
          groups.set(from, [...(groups.get(from) ?? []), { price, size }]);
        }
        closed.push(bars.close());
        const expected = [...groups].map(([from, group]) => ({
          fromUs: from,
          untilUs: from + 5,
          open: group[0]?.price,
          high: Math.max(...group.map((one) => one.price)),
          low: Math.min(...group.map((one) => one.price)),
          close: group.at(-1)?.price,
          volume: group.reduce((sum, one) => sum + one.size, 0),
        }));
        expect(closed).toEqual(expected);
      }),
    );
  });

  it("has no bar where nothing traded, and refuses a trade of the next bar before the close", () => {
    const bars = new TimeBars(5);
    expect(bars.dueUs).toBe(Number.POSITIVE_INFINITY);
    bars.add(timeUs(7), priceTicks(1), 1);
    expect(bars.dueUs).toBe(10);
    expect(() => bars.add(timeUs(10), priceTicks(1), 1)).toThrow("a bar is closed before");
    bars.close();
    expect(() => bars.close()).toThrow("only an open bar is closed");
  });
});
