import { invariant } from "@believe/shared/base";
import { defineIndicator, type Running } from "./indicator.ts";

class RunningMean implements Running<number> {
  readonly #ring: Float64Array;
  #at = 0;
  #count = 0;
  #sum = 0;
  value: number | null = null;

  constructor(length: number) {
    invariant(Number.isSafeInteger(length) && length > 0, "an average has a length");
    this.#ring = new Float64Array(length);
  }

  push(input: number): number | null {
    this.#sum += input - (this.#ring[this.#at] ?? 0);
    this.#ring[this.#at] = input;
    this.#at = this.#at + 1 === this.#ring.length ? 0 : this.#at + 1;
    if (this.#count < this.#ring.length) this.#count++;
    this.value = this.#count === this.#ring.length ? this.#sum / this.#count : null;
    return this.value;
  }
}

/** Simple moving average of integers (price ticks): the running sum is exact, so it never drifts. */
export const sma = defineIndicator({
  name: "sma",
  lookback: (length) => length - 1,
  create: (length): Running<number> => new RunningMean(length),
});
