import { MINUTE_US, parseIsoUs, timeUs } from "@believe/shared/base";
import { SessionCalendar } from "@believe/shared/market";
import { NO_EQUITY } from "@believe/shared/trade";
import { describe, expect, it } from "vitest";
import { entryBlocks } from "./blocks.ts";
import { datedEvents } from "./dated-event.ts";
import type { RiskView } from "./limit.ts";
import { type Limits, limits } from "./limits.ts";

const calendar = new SessionCalendar();
const set = limits.parse({});

function viewAt(iso: string, change: Partial<RiskView> = {}): RiskView {
  const nowUs = parseIsoUs(iso);
  return {
    nowUs,
    session: calendar.span(nowUs),
    fresh: true,
    roll: "front",
    quoted: true,
    lotValueMinor: 2_400_000,
    lots: 0,
    ordersOpen: false,
    asked: [],
    dayNetMinor: 0,
    equity: NO_EQUITY,
    losses: 0,
    halts: [],
    venueReady: true,
    inDoubt: false,
    foreignLots: 0,
    killed: false,
    closeOnly: false,
    armed: true,
    barking: [],
    ...change,
  };
}

const NOON = "2024-01-09T18:00:00Z";

describe("entryBlocks", () => {
  it("allows an entry in a quiet, fresh, regular session", () => {
    expect(entryBlocks(viewAt(NOON), set)).toEqual([]);
  });

  it.each([
    ["stale-data", viewAt(NOON, { fresh: false })],
    ["no-quote", viewAt(NOON, { quoted: false })],
    ["outside-rth", viewAt("2024-01-09T12:00:00Z")],
    ["near-boundary", viewAt("2024-01-09T20:50:00Z")],
    ["roll-window", viewAt(NOON, { roll: "rolling" })],
    ["expiry", viewAt(NOON, { roll: "last-day" })],
    ["expiry", viewAt(NOON, { roll: "expired" })],
    ["expiry-unknown", viewAt(NOON, { roll: null })],
    ["max-notional", viewAt(NOON, { lotValueMinor: 100_000_001 })],
    ["orders-open", viewAt(NOON, { ordersOpen: true })],
    ["max-position", viewAt(NOON, { lots: -1 })],
    ["daily-loss", viewAt(NOON, { dayNetMinor: -100_000 })],
    ["consecutive-losses", viewAt(NOON, { losses: 40 })],
    ["max-position", viewAt(NOON, { foreignLots: 1 })],
    ["venue-not-ready", viewAt(NOON, { venueReady: false })],
    ["order-unknown", viewAt(NOON, { inDoubt: true })],
    ["killed", viewAt(NOON, { killed: true })],
    ["close-only", viewAt(NOON, { closeOnly: true })],
    ["not-armed", viewAt(NOON, { armed: false })],
    ["disk-low", viewAt(NOON, { barking: ["disk-low", "spool-growing"] })],
    ["unknown-order", viewAt(NOON, { halts: ["unknown-order"] })],
  ])("stops an entry for %s alone", (reason, view) => {
    expect(entryBlocks(view, set)).toEqual([reason]);
  });

  it("does not stop a moment before a limit is reached", () => {
    expect(entryBlocks(viewAt("2024-01-09T20:49:59.999999Z"), set)).toEqual([]);
    expect(entryBlocks(viewAt(NOON, { dayNetMinor: -99_999, losses: 39 }), set)).toEqual([]);
  });

  it("counts the orders of the last minute only", () => {
    const now = parseIsoUs(NOON);
    const burst = Array.from({ length: 12 }, (_, i) => now - MINUTE_US + i);
    expect(entryBlocks(viewAt(NOON, { asked: burst }), set)).toEqual([]);
    const asked = burst.map((at) => timeUs(at + 1));
    expect(entryBlocks(viewAt(NOON, { asked }), set)).toEqual(["order-rate"]);
  });

  it("measures a drawdown from the peak that the limit names, and stops at it", () => {
    const equity = {
      tradeDate: "2024-01-09",
      minor: 0,
      intradayPeakMinor: 200,
      endOfDayPeakMinor: 100,
      elsewhereMinor: 0,
    };
    const blocked = (minor: number, drawdownFrom: Limits["drawdownFrom"]): string[] =>
      entryBlocks(viewAt(NOON, { equity: { ...equity, minor } }), {
        ...set,
        drawdownMinorMax: 300,
        drawdownFrom,
      });
    expect(blocked(-99, "intraday-peak")).toEqual([]);
    expect(blocked(-100, "intraday-peak")).toEqual(["drawdown"]);
    expect(blocked(-199, "end-of-day-peak")).toEqual([]);
    expect(blocked(-200, "end-of-day-peak")).toEqual(["drawdown"]);
    expect(entryBlocks(viewAt(NOON, { equity: { ...equity, minor: -1e9 } }), set)).toEqual([]);
  });

  it("keeps out of a dated event from its first to before its last microsecond", () => {
    const from = "2024-01-31T18:55:00Z";
    const until = "2024-01-31T19:30:00Z";
    const blackouts = datedEvents.parse([{ name: "rate-decision", from, until }]);
    const at = (iso: string): string[] => entryBlocks(viewAt(iso), limits.parse({ blackouts }));
    expect(at("2024-01-31T18:54:59.999999Z")).toEqual([]);
    expect(at("2024-01-31T18:55:00Z")).toEqual(["blackout"]);
    expect(at("2024-01-31T19:29:59.999999Z")).toEqual(["blackout"]);
    expect(at("2024-01-31T19:30:00Z")).toEqual([]);
  });

  it.each([
    [{ name: "x", from: "2024-01-31 18:55", until: "2024-01-31T19:30:00Z" }, "UTC ISO-8601"],
    [{ name: "x", from: "2024-01-31T19:30:00Z", until: "2024-01-31T19:30:00Z" }, "ends after"],
  ])("refuses a dated event that is none: %j", (event, sentence) => {
    expect(() => datedEvents.parse([event])).toThrow(sentence);
  });

  it("names every reason at once and each once", () => {
    const view = viewAt("2024-01-09T23:30:00Z", {
      fresh: false,
      dayNetMinor: -200_000,
      halts: ["daily-loss", "exit-rejected"],
    });
    const reasons = ["stale-data", "outside-rth", "daily-loss", "exit-rejected"];
    expect(entryBlocks(view, set)).toEqual(reasons);
  });
});
