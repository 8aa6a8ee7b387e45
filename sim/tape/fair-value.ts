import type { Rng } from "@believe/shared/base";
import { bell } from "./draw.ts";

/** Seconds in which a deviation from the trend halves about once, a volatility shock fades, the day pulls back. */
const REVERSION_S = 75;
const SHOCK_FADE_S = 150;
const SHOCK_EVERY_S = 420;
const PULL_S = 4 * 3600;

/**
 * The hidden value that the quotes follow, in ticks: a trend that changes every few minutes, plus a
 * deviation that reverts to it, under volatility that comes in clusters. Only + - * / and square roots,
 * which IEEE 754 rounds in one way everywhere.
 */
export class FairValue {
  readonly #rng: Rng;
  readonly #base: number;
  #trend: number;
  #deviation = 0;
  #volatility = 1;
  #drift = 0;
  #regimeLeftS = 0;

  constructor(rng: Rng, base: number) {
    this.#rng = rng;
    this.#base = base;
    this.#trend = base;
  }

  get ticks(): number {
    return this.#trend + this.#deviation;
  }

  /** 1 in calm times, more after a shock. */
  get volatility(): number {
    return this.#volatility;
  }

  /** Lets `seconds` pass under a deviation of `sigma` ticks for the square root of a second. */
  advance(seconds: number, sigma: number): void {
    const rng = this.#rng;
    this.#regimeLeftS -= seconds;
    if (this.#regimeLeftS <= 0) this.#changeRegime(sigma);
    const step = seconds < 5 ? seconds : 5;
    this.#volatility += (1 - this.#volatility) * (step / SHOCK_FADE_S);
    if (rng.next() * SHOCK_EVERY_S < step) this.#volatility += 0.4 + 1.4 * rng.next();
    this.#trend += this.#drift * seconds + ((this.#base - this.#trend) * step) / PULL_S;
    this.#deviation -= (this.#deviation * step) / REVERSION_S;
    this.#deviation += sigma * this.#volatility * Math.sqrt(seconds) * bell(rng);
  }

  /** Trends of 5 to 20 minutes one way or the other, chop of 3 to 9 minutes between. */
  #changeRegime(sigma: number): void {
    const rng = this.#rng;
    const which = rng.next();
    if (which < 0.34) {
      this.#drift = 0;
      this.#regimeLeftS = 180 + rng.below(360);
      return;
    }
    const lean = (this.#base - this.#trend) / 1600;
    const up = (which - 0.34) / 0.66 < 0.5 + Math.max(-0.25, Math.min(0.25, lean));
    this.#regimeLeftS = 300 + rng.below(900);
    // A trend covers 25 to 80 ticks in ten minutes when sigma is 1.
    const speed = ((25 + rng.below(56)) / 600) * sigma;
    this.#drift = up ? speed : -speed;
  }
}
