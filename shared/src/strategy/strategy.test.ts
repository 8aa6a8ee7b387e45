import { priceTicks, SECOND_US, seededRng, timeUs } from "@believe/shared/base";
import type { Bar } from "@believe/shared/market";
import { describe, expect, it } from "vitest";
import { parametersHash, strategies, strategyNamed } from "./index.ts";

function walk(seed: string, count: number): Bar[] {
  const rng = seededRng(seed);
  let price = 19_000;
  return Array.from({ length: count }, (_, i) => {
    const open = price;
    price += rng.below(7) - 3;
    return {
      fromUs: timeUs(i * 5 * SECOND_US),
      untilUs: timeUs((i + 1) * 5 * SECOND_US),
      open: priceTicks(open),
      high: priceTicks(Math.max(open, price) + rng.below(2)),
      low: priceTicks(Math.min(open, price) - rng.below(2)),
      close: priceTicks(price),
      volume: 1,
    };
  });
}

describe.each(strategies)("the strategy $name", (strategy) => {
  it("is warm within ten minutes and not before it says so", () => {
    const warmup = strategy.warmupBars({});
    expect(warmup * strategy.barUs).toBeLessThanOrEqual(600 * SECOND_US);
    const thinker = strategy.create({});
    const opinions = walk("warm", warmup + 5).map((bar) => thinker.onBar(bar).kind);
    expect(opinions.slice(0, warmup - 1).every((kind) => kind === "warming")).toBe(true);
    expect(opinions.slice(warmup - 1).some((kind) => kind === "warming")).toBe(false);
  });

  it("gives the same opinions for the same bars, and none of them looks ahead", () => {
    const bars = walk("same", 600);
    const whole = strategy.create({});
    const opinions = bars.map((bar) => whole.onBar(bar));
    expect(opinions.some((opinion) => opinion.kind === "signal")).toBe(true);
    const cut = strategy.create({});
    const other = [...bars.slice(0, 300), ...walk("other", 300)];
    expect(other.map((bar) => cut.onBar(bar)).slice(0, 300)).toEqual(opinions.slice(0, 300));
  });

  it("refuses unknown parameters and hashes known ones with their defaults", () => {
    expect(() => strategy.create({ nonsense: 1 })).toThrow();
    const filled = strategy.parse({});
    expect(parametersHash(strategy, {})).toBe(parametersHash(strategy, filled));
    expect(parametersHash(strategy, {})).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("sma-cross", () => {
  it("signals the side of a cross for a few bars and then falls silent", () => {
    const thinker = strategyNamed("sma-cross").create({ fast: 2, slow: 4, atr: 2, freshBars: 2 });
    const closes = [10, 10, 10, 10, 10, 9, 8, 7, 9, 12, 15, 18, 21, 24];
    const sides = closes.map((close) => {
      const price = priceTicks(close);
      const bar = { open: price, high: price, low: price, close: price, volume: 1 };
      const opinion = thinker.onBar({ ...bar, fromUs: timeUs(0), untilUs: timeUs(1) });
      return opinion.kind === "signal" ? opinion.side : "-";
    });
    expect(sides.join(" ")).toBe("- - - - - - - - - buy buy - - -");
  });

  it("names what is registered when asked for something else", () => {
    expect(() => strategyNamed("moon")).toThrow('expected sma-cross, was "moon"');
  });
});
