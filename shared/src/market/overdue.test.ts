import { MINUTE_US, timeUs } from "@believe/shared/base";
import { expect, test } from "vitest";
import { overdueAtUs, tradeDateOf } from "./opening-schedule.ts";
import { overdueDays } from "./overdue.ts";

const us = (text: string): number => Date.parse(text) * 1000;

test("unopened minutes are counted for their trade date once its deadline has passed", () => {
  const minutes = [
    us("2026-01-05T15:00Z"),
    us("2026-01-05T15:01Z"),
    us("2026-01-05T22:59Z"),
    // 17:00 in Chicago: the next trade date.
    us("2026-01-05T23:00Z"),
  ];
  const monday = { tradeDate: "2026-01-05", leaves: 3, due: "2026-01-06T17:30" };
  const tuesday = { tradeDate: "2026-01-06", leaves: 1, due: "2026-01-07T17:30" };
  const at = (text: string) => overdueDays(minutes, timeUs(us(text)));
  expect(at("2026-01-07T23:29Z")).toEqual([]);
  expect(at("2026-01-07T23:30Z")).toEqual([monday]);
  expect(at("2026-01-08T23:29Z")).toEqual([monday]);
  expect(at("2026-01-08T23:30Z")).toEqual([monday, tuesday]);
});

test("over a weekend, and a change of the clocks in it, the date is due on Monday", () => {
  // Friday 6 March 2026; summer time begins on Sunday.
  const [day] = overdueDays([us("2026-03-06T15:00Z")], timeUs(us("2026-03-10T22:30Z")));
  expect(day).toEqual({ tradeDate: "2026-03-06", leaves: 1, due: "2026-03-09T17:30" });
  expect(overdueDays([us("2026-03-06T15:00Z")], timeUs(us("2026-03-10T22:29Z")))).toEqual([]);
});

test("each minute of two years is counted as its own trade date says, though the calendar is asked by the hour", () => {
  const counted = new Map<string, number>();
  const minutes: number[] = [];
  for (let at = us("2024-11-01T00:00Z"); at < us("2026-11-05T00:00Z"); at += 397 * MINUTE_US) {
    minutes.push(at);
    const date = tradeDateOf(timeUs(at));
    counted.set(date, (counted.get(date) ?? 0) + 1);
  }
  const now = timeUs(us("2027-01-01T00:00Z"));
  const days = overdueDays(minutes, now);
  expect(days.map(({ tradeDate, leaves }) => [tradeDate, leaves])).toEqual([...counted]);
  expect(days.every(({ tradeDate }) => overdueAtUs(tradeDate) <= now)).toBe(true);
});
