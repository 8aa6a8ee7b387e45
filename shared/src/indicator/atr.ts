import { invariant } from "@believe/shared/base";
import { defineIndicator, type Running } from "./indicator.ts";

interface Range {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

class RunningRange implements Running<Range> {
  readonly #length: number;
  #previous: number | null = null;
  #count = 0;
  #sum = 0;
  value: number | null = null;

  constructor(length: number) {
    invariant(Number.isSafeInteger(length) && length > 0, "a range has a length");
    this.#length = length;
  }

  push({ high, low, close }: Range): number | null {
    const previous = this.#previous;
    this.#previous = close;
    if (previous === null) return null;
    const range = Math.max(high, previous) - Math.min(low, previous);
    if (this.value !== null) {
      this.value = (this.value * (this.#length - 1) + range) / this.#length;
      return this.value;
    }
    this.#sum += range;
    this.#count++;
    if (this.#count === this.#length) this.value = this.#sum / this.#length;
    return this.value;
  }
}

/** Wilder's average true range, seeded with the mean of the first `length` true ranges; its first value is at bar `length`. */
export const atr = defineIndicator({
  name: "atr",
  lookback: (length) => length,
  create: (length): Running<Range> => new RunningRange(length),
});
