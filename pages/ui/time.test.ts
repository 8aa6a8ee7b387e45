import { parseIsoUs } from "@believe/shared/base";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  age,
  ctClock,
  ctDate,
  ctEvent,
  ctInstant,
  ctMinute,
  ctOffset,
  dateText,
  limit,
  sessionMinute,
  span,
  utcStamp,
} from "./time.ts";

const winter = parseIsoUs("2024-01-10T19:52:14.265400Z");
const summer = parseIsoUs("2024-07-10T19:52:14Z");

test("exchange time follows Chicago through summer and winter", () => {
  expect(ctClock(winter)).toBe("13:52:14");
  expect(ctClock(summer)).toBe("14:52:14");
  expect([ctOffset(winter), ctOffset(summer)]).toEqual(["UTC\u22126", "UTC\u22125"]);
});

test("events carry milliseconds and axes minutes", () => {
  expect(ctEvent(winter)).toBe("13:52:14.265");
  expect(ctMinute(winter)).toBe("13:52");
  expect(ctClock(parseIsoUs("2024-01-10T06:00:00Z"))).toBe("00:00:00");
});

test("dates name their weekday", () => {
  expect(ctDate(winter)).toBe("Wed 10 Jan 2024");
  expect(dateText("2024-02-29")).toBe("Thu 29 Feb 2024");
  expect(dateText("soon")).toBe("");
  expect(utcStamp(winter)).toBe("2024-01-10 19:52:14 UTC");
});

test("a Chicago wall time gives the instant that reads back as itself on every day", () => {
  const first = Date.parse("2020-01-01T00:00:00Z");
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 3650 }),
      fc.constantFrom("17:00", "08:30", "15:00", "16:00"),
      (day, clock) => {
        const date = new Date(first + day * 86_400_000).toISOString().slice(0, 10);
        const at = ctInstant(date, clock);
        expect(ctMinute(at)).toBe(clock);
        expect(ctDate(at)).toBe(dateText(date));
      },
    ),
  );
});

test("ages change their unit as the brief says", () => {
  const of = (seconds: number) => age(seconds * 1e6);
  expect([of(0.2), of(9.94), of(10), of(119), of(194), of(4020), of(183_600), of(-3)]).toEqual([
    "0.2 s",
    "9.9 s",
    "10 s",
    "119 s",
    "3 min 14 s",
    "1 h 7 min",
    "2 d 3 h",
    "0.0 s",
  ]);
  expect([span(5e6), limit(5e6), limit(90e6), limit(600e6)]).toEqual([
    "5 s",
    "5 s",
    "90 s",
    "10 min",
  ]);
});

test("17:00 in Chicago is minute 0 of the next trade date, in summer as in winter", () => {
  const at = (iso: string) => sessionMinute(parseIsoUs(iso));
  expect(at("2024-01-09T22:59:00Z")).toEqual({ tradeDate: "2024-01-09", minute: 1439 });
  expect(at("2024-01-09T23:00:00Z")).toEqual({ tradeDate: "2024-01-10", minute: 0 });
  expect(at("2024-07-31T22:00:00Z")).toEqual({ tradeDate: "2024-08-01", minute: 0 });
  expect(at("2024-01-10T14:30:00Z")).toEqual({ tradeDate: "2024-01-10", minute: 930 });
});
