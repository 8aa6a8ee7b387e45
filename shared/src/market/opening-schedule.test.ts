import { HOUR_US, isoUs, MINUTE_US, parseIsoUs, timeUs } from "@believe/shared/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dueByUs, opensAtUs, overdueAtUs, tradeDateOf } from "./opening-schedule.ts";
import { SHORT_DAYS } from "./session-days.ts";

const opens = (tradeDate: string): string => isoUs(opensAtUs(tradeDate)).slice(0, 16);
const FROM = parseIsoUs("2013-01-03T00:00:00Z");
const UNTIL = parseIsoUs("2027-12-20T00:00:00Z");
const instants = fc.integer({ min: FROM, max: UNTIL }).map(timeUs);

const chicago = new Intl.DateTimeFormat("en-CA", {
  timeZone: "America/Chicago",
  dateStyle: "short",
  timeStyle: "short",
  hourCycle: "h23",
});
const chicagoText = (atUs: number): string => chicago.format(atUs / 1000).replace(", ", " ");

describe("the opening of a trade date", () => {
  it("is at 17:30 Chicago time of the next one, in winter and in summer", () => {
    expect(opens("2024-01-08")).toBe("2024-01-09T23:30");
    expect(opens("2024-07-09")).toBe("2024-07-10T22:30");
  });

  it("follows Chicago's clock over both changes of a year", () => {
    expect(opens("2024-03-07")).toBe("2024-03-08T23:30");
    expect(opens("2024-03-08")).toBe("2024-03-11T22:30");
    expect(opens("2024-10-31")).toBe("2024-11-01T22:30");
    expect(opens("2024-11-01")).toBe("2024-11-04T23:30");
  });

  it("waits over a weekend and over a day without a session", () => {
    expect(opens("2024-01-12")).toBe("2024-01-15T23:30");
    expect(opens("2024-03-28")).toBe("2024-04-01T22:30");
    expect(opens("2023-12-22")).toBe("2023-12-26T23:30");
    expect(opens("2024-12-24")).toBe("2024-12-26T23:30");
  });

  it("does not hurry after an early close, and a bank holiday with a session counts as a trade date", () => {
    expect(opens("2024-11-27")).toBe("2024-11-28T23:30");
    expect(opens("2024-11-28")).toBe("2024-11-29T23:30");
    expect(opens("2024-11-29")).toBe("2024-12-02T23:30");
    expect(opens("2026-04-02")).toBe("2026-04-03T22:30");
    expect(opens("2026-04-03")).toBe("2026-04-06T22:30");
  });

  it("of a day without a session is that of the trade date before it", () => {
    for (const day of ["2024-01-13", "2024-01-14"]) expect(opens(day)).toBe(opens("2024-01-12"));
    expect(opens("2023-12-25")).toBe(opens("2023-12-22"));
  });

  it("is overdue a day later", () => {
    expect(overdueAtUs("2024-01-12") - opensAtUs("2024-01-12")).toBe(24 * HOUR_US);
  });

  it("refuses what is no date", () => {
    for (const text of ["2024-02-30", "2024-1-8", "", "today"]) {
      expect(() => opensAtUs(text), text).toThrow("expected");
    }
  });
});

describe("the evening and the weekend", () => {
  it.each([
    ["2024-01-08T22:59:59Z", "2024-01-08"],
    ["2024-01-08T23:00:00Z", "2024-01-09"],
    ["2024-01-13T12:00:00Z", "2024-01-12"],
    ["2024-01-14T23:00:00Z", "2024-01-15"],
    ["2023-12-25T12:00:00Z", "2023-12-22"],
  ])("%s is of trade date %s", (iso, tradeDate) => {
    expect(tradeDateOf(parseIsoUs(iso))).toBe(tradeDate);
  });
});

describe("whatever the calendar says", () => {
  it("a trade date opens at 17:30 in Chicago, on a day with a session, after the date has ended", () => {
    fc.assert(
      fc.property(instants, (atUs) => {
        const tradeDate = tradeDateOf(atUs);
        const dueUs = opensAtUs(tradeDate);
        const [day = "", time] = chicagoText(dueUs).split(" ");
        expect(time).toBe("17:30");
        expect(day > tradeDate).toBe(true);
        expect(SHORT_DAYS.get(day)?.close).not.toBeNull();
        expect([0, 6]).not.toContain(new Date(`${day}T00:00:00Z`).getUTCDay());
        expect(dueUs - atUs).toBeGreaterThan(24 * HOUR_US);
        expect(tradeDateOf(timeUs(dueUs - 60 * MINUTE_US))).toBe(day);
      }),
      { numRuns: 300 },
    );
  });

  it("what is due by an instant is due then, and what is not is not", () => {
    fc.assert(
      fc.property(instants, instants, (atUs, nowUs) => {
        const dueUs = opensAtUs(tradeDateOf(atUs));
        expect(dueUs <= dueByUs(nowUs)).toBe(dueUs <= nowUs);
        expect(dueByUs(dueUs)).toBe(dueUs);
        expect(dueByUs(timeUs(dueUs - 1))).toBeLessThan(dueUs);
      }),
      { numRuns: 300 },
    );
  });
});
