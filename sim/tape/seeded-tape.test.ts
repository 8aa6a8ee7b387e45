import { createHash } from "node:crypto";
import { MINUTE_US, parseIsoUs } from "@believe/shared/base";
import { describe, expect, it } from "vitest";
import { chicagoUs } from "./chicago.ts";
import { seededTape } from "./seeded-tape.ts";
import type { TapeRow, TickRow } from "./tape.ts";

function hashOf(options: { seed: string; symbol?: string }, rows: number): string {
  const hash = createHash("sha256");
  let left = rows;
  for (const row of seededTape(options).rows()) {
    if (left-- === 0) break;
    hash.update(JSON.stringify(row));
  }
  return hash.digest("hex");
}

interface Minute {
  rows: number;
  dom: number;
  oneTick: number;
  high: number;
  low: number;
  close: number;
}

/** The whole tape by UTC minute; throws on the first row that no market could give. */
function minutesOf(rows: Iterable<TapeRow>): Map<number, Minute> {
  const minutes = new Map<number, Minute>();
  let lastUs = 0;
  for (const row of rows) {
    if (row.kind === "line") throw new Error("expected rows of a market, was a line");
    if (row.stampUs < lastUs) throw new Error(`expected ${lastUs} or later, was ${row.stampUs}`);
    if (row.kind === "tick") checkTick(row);
    lastUs = row.stampUs;
    const key = Math.floor(row.stampUs / MINUTE_US);
    const middle = (row.bid + row.ask) / 2;
    const minute = minutes.get(key) ?? {
      rows: 0,
      dom: 0,
      oneTick: 0,
      high: middle,
      low: middle,
      close: middle,
    };
    minutes.set(key, minute);
    if (row.kind === "dom") {
      minute.dom++;
      continue;
    }
    minute.rows++;
    if (row.ask - row.bid === 1) minute.oneTick++;
    minute.high = Math.max(minute.high, middle);
    minute.low = Math.min(minute.low, middle);
    minute.close = middle;
  }
  return minutes;
}

function checkTick(row: TickRow): void {
  const isSound =
    Number.isInteger(row.bid) &&
    row.ask > row.bid &&
    row.ask - row.bid <= 3 &&
    row.bidSize > 0 &&
    row.askSize > 0 &&
    (row.type === "QUOTE"
      ? row.price === null && row.volume === 0
      : row.price === (row.type === "ASK" ? row.ask : row.bid) && row.volume > 0);
  if (!isSound) throw new Error(`expected a sound row, was ${JSON.stringify(row)}`);
}

describe("the seeded tape", () => {
  const minutes = minutesOf(seededTape({ seed: "believe" }).rows());
  const at = (day: string, minute: number): number => chicagoUs(day, minute) / MINUTE_US;
  const span = (day: string, from: number, to: number): Minute[] =>
    between(minutes, at(day, from), at(day, to));
  const rate = (all: readonly Minute[], count: number): number =>
    all.reduce((sum, one) => sum + one.rows, 0) / (count * 60);

  it("gives the same rows for the same seed, others for another seed or symbol", () => {
    const first = hashOf({ seed: "believe" }, 20_000);
    expect(hashOf({ seed: "believe" }, 20_000)).toBe(first);
    expect(hashOf({ seed: "other" }, 20_000)).not.toBe(first);
    expect(hashOf({ seed: "believe", symbol: "ESH4" }, 20_000)).not.toBe(first);
  });

  it("starts on a Tuesday at 08:20 in Chicago and ends with the third following session", () => {
    const { info } = seededTape({ seed: "believe" });
    expect(info.startUs).toBe(parseIsoUs("2024-01-09T14:20:00Z"));
    expect(info.endUs).toBe(parseIsoUs("2024-01-12T22:00:00Z"));
    const keys = [...minutes.keys()];
    expect(keys[0]).toBe(info.startUs / MINUTE_US);
    expect(keys.at(-1)).toBeGreaterThan(info.endUs / MINUTE_US - 10);
  });

  it("leaves the daily break empty and trades in every hour beside it", () => {
    for (const day of ["2024-01-09", "2024-01-10", "2024-01-11"]) {
      expect(span(day, 16 * 60, 17 * 60)).toEqual([]);
      for (let hour = 17; hour < 40; hour++) {
        expect(span(day, hour * 60, (hour + 1) * 60).length).toBeGreaterThan(40);
      }
    }
  });

  it("is busy in regular hours, busiest at the open, and quiet at night", () => {
    for (const day of ["2024-01-09", "2024-01-10", "2024-01-11", "2024-01-12"]) {
      const regular = rate(span(day, 510, 900), 390);
      expect(regular).toBeGreaterThan(6);
      expect(regular).toBeLessThan(11);
      expect(rate(span(day, 510, 540), 30)).toBeGreaterThan(1.3 * regular);
    }
    const night = rate(span("2024-01-10", 17 * 60, 32 * 60), 15 * 60);
    expect(night).toBeGreaterThan(0.3);
    expect(night).toBeLessThan(1.5);
  });

  it("shows a spread of one tick mostly, and some that are wider", () => {
    const all = [...minutes.values()];
    const share = all.reduce((sum, m) => sum + m.oneTick, 0) / rowsIn(all);
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThan(1);
  });

  it("snapshots the book at most twice a second in regular hours", () => {
    const most = Math.max(...span("2024-01-10", 510, 900).map((minute) => minute.dom));
    expect(most).toBeLessThanOrEqual(121);
    expect(most).toBeGreaterThan(40);
  });

  it("moves by several ticks a minute, more at the open, and stays near its level", () => {
    const ranges = (from: number, to: number): number => {
      const all = span("2024-01-10", from, to).map(({ high, low }) => high - low);
      return all.reduce((sum, range) => sum + range, 0) / all.length;
    };
    expect(ranges(510, 530)).toBeGreaterThan(12);
    expect(ranges(510, 530)).toBeLessThan(60);
    expect(ranges(660, 780)).toBeGreaterThan(4);
    for (const { low, high } of minutes.values()) {
      expect(low).toBeGreaterThan(19_200 - 1200);
      expect(high).toBeLessThan(19_200 + 1200);
    }
  });

  it("has trends both ways and chop, whatever the seed", () => {
    for (const seed of ["believe", "a", "b"]) {
      const own = seed === "believe" ? minutes : minutesOf(regularHours(seed));
      const hours = ["2024-01-09", "2024-01-10"].map((day) => {
        const [from, to] = [at(day, 510), at(day, 900)];
        return between(own, from, to).map((minute) => minute.close);
      });
      const tens = hours.flatMap((closes) =>
        closes.slice(10).map((close, i) => close - (closes[i] ?? close)),
      );
      expect(Math.max(...tens)).toBeGreaterThan(40);
      expect(Math.min(...tens)).toBeLessThan(-40);
      const chop = tens.filter((move) => Math.abs(move) < 12).length / tens.length;
      expect(chop).toBeGreaterThan(0.1);
    }
  });
});

function between(minutes: ReadonlyMap<number, Minute>, from: number, to: number): Minute[] {
  return [...minutes].filter(([key]) => key >= from && key < to).map(([, minute]) => minute);
}

/** The tape up to the close of its second day. */
function* regularHours(seed: string): Generator<TapeRow> {
  const endUs = chicagoUs("2024-01-10", 900);
  for (const row of seededTape({ seed }).rows()) {
    if (row.stampUs >= endUs) return;
    yield row;
  }
}

function rowsIn(all: readonly Minute[]): number {
  return all.reduce((sum, minute) => sum + minute.rows, 0);
}
