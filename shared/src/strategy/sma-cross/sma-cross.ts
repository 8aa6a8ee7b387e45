import { SECOND_US } from "@believe/shared/base";
import { atr, sma } from "@believe/shared/indicator";
import type { Bar, Side } from "@believe/shared/market";
import { z } from "zod";
import { defineStrategy, type Opinion, type Thinker } from "../strategy.ts";

const parameters = z.strictObject({
  /** Lengths in bars of five seconds. */
  fast: z.int().min(2).max(60).default(6),
  slow: z.int().min(3).max(120).default(36),
  atr: z.int().min(2).max(120).default(24),
  /** Distance of the stop in average true ranges, and its least in ticks. */
  stopAtr: z.number().positive().max(20).default(3),
  stopTicksMin: z.int().min(1).default(6),
  /** Bars after a cross during which it still counts. */
  freshBars: z.int().min(1).max(60).default(6),
});
type Parameters = z.infer<typeof parameters>;

class Cross implements Thinker {
  readonly #parameters: Parameters;
  readonly #fast;
  readonly #slow;
  readonly #range;
  #side: Side | null = null;
  #age = 0;

  constructor(values: Parameters) {
    this.#parameters = values;
    this.#fast = sma.create(values.fast);
    this.#slow = sma.create(values.slow);
    this.#range = atr.create(values.atr);
  }

  onBar(bar: Bar): Opinion {
    const fast = this.#fast.push(bar.close);
    const slow = this.#slow.push(bar.close);
    const range = this.#range.push(bar);
    if (fast === null || slow === null || range === null) return { kind: "warming" };
    const side = fast > slow ? "buy" : fast < slow ? "sell" : this.#side;
    if (side !== this.#side) {
      // The side of the very first value is where we came in, not a cross.
      this.#age = this.#side === null ? this.#parameters.freshBars : 0;
      this.#side = side;
    } else this.#age++;
    if (side === null || this.#age >= this.#parameters.freshBars) return { kind: "none" };
    const distance = Math.ceil(range * this.#parameters.stopAtr);
    return {
      kind: "signal",
      side,
      stopTicks: Math.max(this.#parameters.stopTicksMin, distance),
      reason: side === "buy" ? "cross-up" : "cross-down",
    };
  }
}

/**
 * Trades the cross of two simple moving averages of five-second closes, with a stop some average true ranges away.
 * It claims no edge: it is the honest, simple load of the whole path. Warm after `slow` bars (three minutes).
 */
export const smaCross = defineStrategy({
  name: "sma-cross",
  barUs: 5 * SECOND_US,
  parameters,
  warmupBars: (values) => Math.max(values.slow, values.atr + 1),
  create: (values) => new Cross(values),
});
