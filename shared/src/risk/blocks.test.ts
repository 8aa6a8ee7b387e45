import { MINUTE_US, parseIsoUs, timeUs } from "@believe/shared/base";
import { SessionCalendar } from "@believe/shared/market";
import { describe, expect, it } from "vitest";
import { entryBlocks } from "./blocks.ts";
import type { RiskView } from "./limit.ts";
import { limits } from "./limits.ts";

const calendar = new SessionCalendar();
const set = limits.parse({});

function viewAt(iso: string, change: Partial<RiskView> = {}): RiskView {
  const nowUs = parseIsoUs(iso);
  return {
    nowUs,
    session: calendar.span(nowUs),
    fresh: true,
    quoted: true,
    lots: 0,
    ordersOpen: false,
    asked: [],
    dayNetMinor: 0,
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
