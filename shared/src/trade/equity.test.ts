import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equityState, markEquity, NO_EQUITY, restartPeaks } from "./equity.ts";

const marked = (marks: readonly (readonly [string, number])[]) =>
  marks.reduce((state, [tradeDate, minor]) => markEquity(state, { tradeDate, minor }), NO_EQUITY);

describe("equity", () => {
  it("has its intraday peak where it stood highest, its end-of-day peak where a date ended highest", () => {
    const state = marked([
      ["2024-01-08", 5_000],
      ["2024-01-08", 2_000],
      ["2024-01-09", 9_000],
      ["2024-01-09", 1_000],
      ["2024-01-10", 0],
    ]);
    expect(state).toEqual({
      tradeDate: "2024-01-10",
      minor: 0,
      intradayPeakMinor: 9_000,
      endOfDayPeakMinor: 2_000,
      elsewhereMinor: 0,
    });
    expect(equityState.parse(state)).toEqual(state);
  });

  it("counts the start as a peak: the first loss is a drawdown", () => {
    expect(marked([["2024-01-08", -700]])).toMatchObject({
      intradayPeakMinor: 0,
      endOfDayPeakMinor: 0,
    });
  });

  it("measures from where it stands after a person resumed", () => {
    const state = restartPeaks(
      marked([
        ["2024-01-08", 900],
        ["2024-01-08", -700],
      ]),
    );
    expect(state).toMatchObject({ minor: -700, intradayPeakMinor: -700, endOfDayPeakMinor: -700 });
  });

  it("never has an end-of-day peak above the intraday one", () => {
    const mark = fc.tuple(
      fc.integer({ min: 1, max: 9 }).map((day) => `2024-01-0${day}`),
      fc.integer({ min: -100_000, max: 100_000 }),
    );
    fc.assert(
      fc.property(fc.array(mark), (marks) => {
        const state = marked([...marks].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
        expect(state.endOfDayPeakMinor).toBeLessThanOrEqual(state.intradayPeakMinor);
      }),
    );
  });
});
