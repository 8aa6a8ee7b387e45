import { invariant, type PriceTicks, priceTicks, type TimeUs, timeUs } from "@believe/shared/base";

/** Prices of the trades from `fromUs` up to but without `untilUs`. */
export interface Bar {
  readonly fromUs: TimeUs;
  readonly untilUs: TimeUs;
  readonly open: PriceTicks;
  readonly high: PriceTicks;
  readonly low: PriceTicks;
  readonly close: PriceTicks;
  /** Lots traded. */
  readonly volume: number;
}

/** Builds bars of a fixed length on a grid of the market clock. A stretch without a trade has no bar. */
export class TimeBars {
  readonly #lengthUs: number;
  #fromUs = 0;
  #untilUs = Number.POSITIVE_INFINITY;
  #open = 0;
  #high = 0;
  #low = 0;
  #close = 0;
  #volume = 0;

  constructor(lengthUs: number) {
    invariant(Number.isSafeInteger(lengthUs) && lengthUs > 0, "a bar has a length in microseconds");
    this.#lengthUs = lengthUs;
  }

  /** When the open bar ends; infinite while there is none. */
  get dueUs(): number {
    return this.#untilUs;
  }

  /** Adds a trade. The bar before it must have been closed. */
  add(tsUs: TimeUs, price: PriceTicks, size: number): void {
    if (this.#untilUs === Number.POSITIVE_INFINITY) {
      this.#fromUs = Math.floor(tsUs / this.#lengthUs) * this.#lengthUs;
      this.#untilUs = this.#fromUs + this.#lengthUs;
      this.#open = price;
      this.#high = price;
      this.#low = price;
      this.#volume = 0;
    }
    invariant(tsUs < this.#untilUs, "a bar is closed before a later trade is added");
    if (price > this.#high) this.#high = price;
    if (price < this.#low) this.#low = price;
    this.#close = price;
    this.#volume += size;
  }

  close(): Bar {
    invariant(this.#untilUs !== Number.POSITIVE_INFINITY, "only an open bar is closed");
    const bar: Bar = {
      fromUs: timeUs(this.#fromUs),
      untilUs: timeUs(this.#untilUs),
      open: priceTicks(this.#open),
      high: priceTicks(this.#high),
      low: priceTicks(this.#low),
      close: priceTicks(this.#close),
      volume: this.#volume,
    };
    this.#untilUs = Number.POSITIVE_INFINITY;
    return bar;
  }
}
