import { readFileSync } from "node:fs";
import { DAY_US, parseIsoUs, timeUs } from "@believe/shared/base";
import { rollDatesOf, sessionAt } from "@believe/shared/market";
import { sessionStatus } from "@believe/shared/wire";
import { describe, expect, it } from "vitest";

const folder = process.env["BELIEVE_DATA"] ?? "../shared/data";

function calendarFile(name = "exchange_calendars_cmes"): string[] | null {
  try {
    return readFileSync(`${folder}/calendar/${name}.csv`, "utf8").split("\n");
  } catch {
    return null;
  }
}

describe("the session calendar", () => {
  it("speaks in the shape of the signed status", () => {
    const state = sessionAt(parseIsoUs("2024-01-09T14:20:00Z"));
    expect(sessionStatus.parse(state)).toEqual(state);
  });

  it("agrees with a collected calendar on which dates trade, in full or in part", (test) => {
    const lines = calendarFile();
    if (!lines) return test.skip(`no calendar under ${folder}`);
    const days = new Set(lines.slice(1).map((line) => line.slice(0, 10)));
    const known = new Set(
      // Parts of a session that the collection, made for all CME products, calls closed.
      "2015-04-03 2018-12-05 2021-04-02 2023-04-07 2025-01-09 2026-04-03".split(" "),
    );
    const wrong: string[] = [];
    const until = parseIsoUs("2027-07-16T00:00:00Z");
    for (let at = Number(parseIsoUs("2013-01-02T13:10:00Z")); at < until; at += DAY_US) {
      const date = new Date(at / 1000).toISOString().slice(0, 10);
      const { phase, tradeDate } = sessionAt(timeUs(at));
      const trades = phase !== "closed" && tradeDate === date;
      if (trades !== days.has(date) && !known.has(date)) wrong.push(date);
    }
    expect(wrong).toEqual([]);
  });
});

describe("the roll table", () => {
  it("ends each contract the day after a collected map leaves it", (test) => {
    const rows = calendarFile("es_continuous_map");
    if (!rows) return test.skip(`no calendar under ${folder}`);
    // Mode 0 leaves a contract on its last whole day.
    const left = rows.map((row) => row.split(",")).filter(([, , , mode]) => mode === "0");
    const days = left.map(([day = ""]) => day).filter((day) => day >= "2013" && day < "2024");
    expect(days.length).toBeGreaterThan(40);
    for (const day of days) {
      const date = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
      const letter = { "03": "H", "06": "M", "09": "U", "12": "Z" }[day.slice(4, 6)];
      const { lastTradeDate } = rollDatesOf(`ES${letter}${day.slice(2, 4)}`, date);
      expect(Date.parse(lastTradeDate) - Date.parse(date)).toBe(DAY_US / 1000);
    }
  });
});
