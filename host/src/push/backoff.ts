const RETRY_AFTER_MAX_MS = 300_000;

export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export const PUSH_BACKOFF: BackoffOptions = {
  firstMs: 250,
  maxMs: 30_000,
  random: Math.random,
};

/** For a log that is frozen: a person ends that, in hours rather than seconds. */
export const FROZEN_BACKOFF: BackoffOptions = { ...PUSH_BACKOFF, firstMs: 1_000, maxMs: 60_000 };

/** Exponential waiting with jitter: each wait is drawn from the upper half of a span that doubles up to `maxMs`. */
export class Backoff {
  readonly #options: BackoffOptions;
  #spanMs: number;

  constructor(options: BackoffOptions) {
    this.#options = options;
    this.#spanMs = options.firstMs;
  }

  /** How long to wait now; never less than the other side asked for, up to five minutes. */
  nextMs(retryAfterMs: number | null): number {
    const { maxMs, firstMs, random } = this.#options;
    const waitMs = Math.max(firstMs, this.#spanMs * (0.5 + random() / 2));
    this.#spanMs = Math.min(maxMs, this.#spanMs * 2);
    return Math.max(waitMs, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS));
  }

  reset(): void {
    this.#spanMs = this.#options.firstMs;
  }
}

/** `Retry-After` of RFC 9110 (seconds or a date) in milliseconds from now; null when there is none. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
