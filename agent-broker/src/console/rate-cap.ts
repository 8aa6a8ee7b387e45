const WINDOW_MS = 60_000;

/** At most so many in any minute. */
export class RateCap {
  readonly #most: number;
  readonly #nowMs: () => number;
  #taken: number[] = [];

  constructor(most: number, nowMs: () => number) {
    this.#most = most;
    this.#nowMs = nowMs;
  }

  /** Counts one; false when the minute is full already. */
  take(): boolean {
    const nowMs = this.#nowMs();
    this.#taken = this.#taken.filter((at) => at > nowMs - WINDOW_MS);
    if (this.#taken.length >= this.#most) return false;
    this.#taken.push(nowMs);
    return true;
  }
}
