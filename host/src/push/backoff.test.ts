import fc from "fast-check";
import { expect, test } from "vitest";
import { Backoff, PUSH_BACKOFF, retryAfterMs } from "./backoff.ts";

test("waits double with jitter, from a quarter of a second to half a minute", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (random) => {
      const backoff = new Backoff({ ...PUSH_BACKOFF, random: () => random });
      const waits = Array.from({ length: 12 }, () => backoff.nextMs(null));
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(250);
      expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
      expect(waits).toEqual(waits.toSorted((a, b) => a - b));
      expect(waits.at(-1)).toBeGreaterThanOrEqual(15_000);
      backoff.reset();
      expect(backoff.nextMs(null)).toBe(waits[0]);
    }),
  );
});

test("the other side's wish is honoured, up to five minutes", () => {
  const backoff = new Backoff({ ...PUSH_BACKOFF, random: () => 0 });
  expect(backoff.nextMs(7_000)).toBe(7_000);
  expect(backoff.nextMs(9_999_999)).toBe(300_000);
});

test("Retry-After is seconds or a date", () => {
  const nowMs = Date.UTC(2026, 0, 1);
  expect(retryAfterMs("12", nowMs)).toBe(12_000);
  expect(retryAfterMs("Thu, 01 Jan 2026 00:00:30 GMT", nowMs)).toBe(30_000);
  expect(retryAfterMs("Wed, 31 Dec 2025 00:00:00 GMT", nowMs)).toBe(0);
  expect(retryAfterMs("soon", nowMs)).toBeNull();
  expect(retryAfterMs(undefined, nowMs)).toBeNull();
});
