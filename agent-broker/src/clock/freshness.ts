import type { TimeUs } from "@believe/shared/base";
import type { MarketClock } from "./market-clock.ts";

/** Between rows that no one trades on: a quiet overnight market is no broken feed. */
const QUIET_FACTOR = 12;

/**
 * The gate between a feed and new entries: the newest row must be recent against the clock that runs, and what was
 * missed while we were down must have been read to its last row.
 */
export class FreshnessGate {
  readonly #clock: MarketClock;
  readonly #staleAfterUs: number;
  #newestStampUs: number | null = null;

  constructor(clock: MarketClock, staleAfterMs: number) {
    this.#clock = clock;
    this.#staleAfterUs = staleAfterMs * 1_000;
  }

  onRow(stampUs: TimeUs): void {
    if (this.#newestStampUs === null || stampUs > this.#newestStampUs)
      this.#newestStampUs = stampUs;
  }

  /** Age of the newest row on the wall, in microseconds; null before the first. */
  ageUs(): number | null {
    if (this.#newestStampUs === null) return null;
    return Math.max(0, (this.#clock.nowUs() - this.#newestStampUs) / this.#clock.scaled(1));
  }

  limitUs(isRth: boolean): number {
    // At high speed a pause of the machine is worth minutes of tape; the limit is one of the wall clock.
    return isRth ? this.#staleAfterUs : this.#staleAfterUs * QUIET_FACTOR;
  }

  /** Whether a new entry may rest on the feed as it stands. */
  isFresh(caughtUp: boolean, isRth: boolean): boolean {
    const age = this.ageUs();
    return (
      age !== null && age <= this.limitUs(isRth) && (caughtUp || age <= this.#staleAfterUs / 5)
    );
  }
}
