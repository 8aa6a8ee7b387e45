import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frontContract, rollDatesOf, rollPhase } from "./roll.ts";
import { EXPIRIES } from "./roll-days.ts";
import { SHORT_DAYS } from "./session-days.ts";

const DAY_MS = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function thirdFriday(year: number, month: number): string {
  const first = new Date(Date.UTC(year, month, 1)).getUTCDay();
  return iso(Date.UTC(year, month, 1 + ((12 - first) % 7) + 14));
}

describe("the roll table", () => {
  it("holds the third Friday of each quarter, but for the one that is a bank holiday", () => {
    const odd = EXPIRIES.filter(
      ({ letter, year, lastTradeDate }) =>
        thirdFriday(year, { H: 2, M: 5, U: 8, Z: 11 }[letter]) !== lastTradeDate,
    );
    expect(odd.map(({ lastTradeDate }) => lastTradeDate)).toEqual(["2026-06-18"]);
  });

  it("has no last trade date on a day without a session", () => {
    for (const { lastTradeDate } of EXPIRIES) {
      expect(SHORT_DAYS.get(lastTradeDate)?.close).not.toBeNull();
    }
  });

  it("rolls on the Thursday of the week before, also when the expiry is a Thursday", () => {
    expect(rollDatesOf("MESH4", "2024-01-09")).toEqual({
      rollDate: "2024-03-07",
      lastTradeDate: "2024-03-15",
    });
    expect(rollDatesOf("ESM6", "2026-05-01").rollDate).toBe("2026-06-11");
    for (const { letter, year, lastTradeDate } of EXPIRIES) {
      const { rollDate } = rollDatesOf(`ES${letter}${year % 100}`, lastTradeDate);
      expect(new Date(rollDate).getUTCDay()).toBe(4);
    }
  });
});

describe("rollPhase", () => {
  it.each([
    ["2023-12-06", "deferred"],
    ["2023-12-07", "front"],
    ["2024-03-06", "front"],
    ["2024-03-07", "rolling"],
    ["2024-03-14", "rolling"],
    ["2024-03-15", "last-day"],
    ["2024-03-18", "expired"],
  ])("finds MESH4 on %s %s", (date, phase) => {
    expect(rollPhase("MESH4", date)).toBe(phase);
  });

  it("takes a one-digit year for the decade that the date is in", () => {
    expect(rollPhase("ESH5", "2015-01-05")).toBe("front");
    expect(rollPhase("ESH5", "2025-01-06")).toBe("front");
    expect(rollPhase("ESH25", "2025-01-06")).toBe("front");
  });

  it("refuses a contract that the table does not hold", () => {
    expect(() => rollPhase("ESH9", "2028-12-01")).toThrow("expected a contract of the roll table");
    expect(() => rollPhase("NQH4", "2024-01-09")).toThrow("expected a contract of ES or MES");
  });

  it("finds the front contract of any day in front", () => {
    const day = fc.integer({
      min: Date.UTC(2013, 0, 1) / DAY_MS,
      max: Date.UTC(2028, 11, 6) / DAY_MS,
    });
    fc.assert(
      fc.property(day, fc.constantFrom("ES", "MES"), (at, root) => {
        const date = iso(at * DAY_MS);
        expect(rollPhase(frontContract(root, date), date)).toBe("front");
      }),
    );
  });
});
