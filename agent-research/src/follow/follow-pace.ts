/** Looking more often than this finds the same checkpoint. */
const SHORTEST_MS = 1_000;

/**
 * How long to wait before the next look: as long as the log took for one leaf since the last one, at most `longestMs`.
 * A live log grows by a leaf a minute, so `longestMs` decides and bounds how late a falsified log is noticed; a tape
 * that is played at speed makes several a second, and is followed as fast as that.
 */
export class FollowPace {
  readonly #longestMs: number;
  #last: { readonly size: number; readonly atMs: number } | null = null;

  constructor(longestMs: number) {
    this.#longestMs = longestMs;
  }

  /** Milliseconds to wait after a look at `atMs` (any clock that only goes forward) that found `size` leaves. */
  after(size: number, atMs: number): number {
    const last = this.#last;
    this.#last = { size, atMs };
    if (last === null || size <= last.size) return this.#longestMs;
    const leafMs = (atMs - last.atMs) / (size - last.size);
    return Math.min(this.#longestMs, Math.max(SHORTEST_MS, leafMs));
  }
}
