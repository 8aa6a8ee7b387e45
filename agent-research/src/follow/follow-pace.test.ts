import fc from "fast-check";
import { expect, test } from "vitest";
import { FollowPace } from "./follow-pace.ts";

const LONGEST_MS = 30_000;

/** Looks for an hour at a log that makes a leaf every `leafMs`; returns the times at which it looked. */
function looksAt(leafMs: number, hours = 1): number[] {
  const pace = new FollowPace(LONGEST_MS);
  const looks: number[] = [];
  for (let atMs = 0; atMs < hours * 3_600_000; ) {
    looks.push(atMs);
    atMs += pace.after(Math.floor(atMs / leafMs), atMs);
  }
  return looks;
}

test("looks twice a minute at a log that grows by a leaf a minute", () => {
  expect(looksAt(60_000)).toHaveLength(120);
});

test("keeps up with a tape that is played at speed, and never looks more than once a second", () => {
  const looks = looksAt(2_000);
  const isPaced = looks.slice(1).map((atMs, at) => atMs - (looks[at] ?? 0));
  // From the second look on: a leaf each.
  expect(Math.max(...isPaced.slice(1))).toBeLessThanOrEqual(4_000);
  expect(looksAt(10).length).toBeLessThanOrEqual(3_600);
  expect(looksAt(10).length).toBeGreaterThan(3_500);
});

test("never waits longer than it was told to, whatever the log does", () => {
  const sizes = fc.array(fc.tuple(fc.nat(10), fc.nat(100_000)), { minLength: 1 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 100, max: 60_000 }), (steps, longestMs) => {
      const pace = new FollowPace(longestMs);
      let [size, atMs] = [0, 0];
      for (const [grown, passedMs] of steps) {
        size += grown;
        atMs += passedMs;
        const waitMs = pace.after(size, atMs);
        expect(waitMs).toBeLessThanOrEqual(longestMs);
        expect(waitMs).toBeGreaterThanOrEqual(Math.min(longestMs, 1_000));
      }
    }),
  );
});

test("falls back to its longest wait as soon as the log stands still", () => {
  const pace = new FollowPace(LONGEST_MS);
  pace.after(0, 0);
  expect(pace.after(10, 10_000)).toBe(1_000);
  expect(pace.after(10, 11_000)).toBe(LONGEST_MS);
});
