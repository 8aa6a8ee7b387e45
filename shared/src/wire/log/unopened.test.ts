import { isoUs, MINUTE_US, timeUs } from "@believe/shared/base";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UNOPENED_HOURS_MAX } from "../fields.ts";
import { type UnopenedHour, withLeaves, withoutLeaf } from "./unopened.ts";

const START = 480_000;
const minuteAt = (minute: number): string =>
  `${isoUs(timeUs((START * 60 + minute) * MINUTE_US)).slice(0, 16)}Z`;
const sum = (unopened: readonly UnopenedHour[]): number =>
  unopened.reduce((all, { leaves }) => all + leaves, 0);

describe("unopened leaves by hour", () => {
  test("are what was sealed and not opened, in whatever order leaves are opened", () => {
    const step = fc.record({ minute: fc.nat(600), opens: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const closed: number[] = [];
        let unopened: readonly UnopenedHour[] = [];
        for (const { minute, opens } of steps) {
          const leaf = opens ? closed.splice(minute % Math.max(1, closed.length), 1)[0] : undefined;
          if (leaf !== undefined) unopened = withoutLeaf(unopened, minuteAt(leaf));
          if (opens) continue;
          closed.push(minute);
          unopened = withLeaves(unopened, [minuteAt(minute)]);
        }
        const hours = [...new Set(closed.map((minute) => Math.floor(minute / 60)))];
        const expected = hours
          .sort((a, b) => a - b)
          .map((hour) => ({
            hour: START + hour,
            leaves: closed.filter((minute) => Math.floor(minute / 60) === hour).length,
          }));
        expect(unopened).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test("of more hours than are kept count under the oldest, and leave it one by one", () => {
    const minutes = Array.from({ length: UNOPENED_HOURS_MAX + 5 }, (_, hour) =>
      minuteAt(60 * hour),
    );
    const unopened = withLeaves([], minutes);
    expect(unopened).toHaveLength(UNOPENED_HOURS_MAX);
    expect(unopened.slice(0, 2)).toEqual([
      { hour: START, leaves: 6 },
      { hour: START + 6, leaves: 1 },
    ]);
    let left = unopened;
    for (const minute of minutes.slice(0, 6)) left = withoutLeaf(left, minute);
    expect(left).toEqual(unopened.slice(1));
    expect(sum(minutes.reduce(withoutLeaf, unopened))).toBe(0);
  });

  test("leave aside a minute that no clock shows, and an opening of a leaf that was not counted", () => {
    expect(withLeaves([], ["2024-99-09T14:20Z"])).toEqual([]);
    const unopened = withLeaves([], [minuteAt(60)]);
    expect(withoutLeaf(unopened, minuteAt(0))).toEqual(unopened);
    expect(withoutLeaf(unopened, "2024-99-09T14:20Z")).toEqual(unopened);
  });
});
