import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { priceTicks } from "@believe/shared/base";
import type { TimedMarketEvent } from "@believe/shared/market";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { seededTape } from "../tape/index.ts";
import { KeptVenue } from "./kept-venue.ts";
import { tapeMarket } from "./tape-market.ts";
import type { TradeVenue } from "./trade-venue.ts";

const tape = seededTape({ seed: "believe" });
const { symbol } = tape.info;

/** The first market events of the tape. */
function market(count: number): TimedMarketEvent[] {
  const marketOf = tapeMarket(tape);
  const out: TimedMarketEvent[] = [];
  for (const row of tape.rows()) {
    const event = marketOf(row);
    if (event !== null) out.push(event);
    if (out.length === count) break;
  }
  return out;
}

const events = market(600);
const middle = events.find((event) => event.kind === "quote")?.bid ?? 0;

type Step = { readonly rows: number } | { readonly asks: "enter" | "rest" | "cancel" | "move" };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ rows: fc.integer({ min: 1, max: 80 }) }),
  fc.record({ asks: fc.constantFrom("enter", "rest", "cancel", "move") }),
);

function ask(venue: TradeVenue, what: "enter" | "rest" | "cancel" | "move", n: number): void {
  const at = (away: number) => priceTicks(middle + away);
  const one = { tag: `B-${n}`, side: "buy", qty: 2, price: null, target: null } as const;
  const newest = venue.orders.at(-1);
  if (what === "enter") venue.place({ ...one, type: "MKT", stop: at(-4), target: at(4) });
  else if (what === "rest") venue.place({ ...one, type: "LMT", price: at(-1), stop: null });
  else if (newest === undefined) return;
  else if (what === "cancel") venue.cancel(newest);
  else venue.modify(newest, at(n % 5), 0);
}

const stands = ({ orders, fills, position, changes }: TradeVenue) =>
  structuredClone({ orders, fills, position, changes });

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "believe-venue-"));
  path = join(folder, "acts");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a venue that outlives its process", () => {
  it("stands after any death where it stood before, once it has seen the same tape", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 14 }), (steps) => {
        writeFileSync(path, "");
        const venue = new KeptVenue(symbol, path);
        let seen = 0;
        for (const [n, one] of steps.entries()) {
          const upTo = "rows" in one ? seen + one.rows : seen;
          for (const event of events.slice(seen, upTo)) venue.market(event);
          seen = Math.min(upTo, events.length);
          if ("asks" in one) ask(venue, one.asks, n);
        }
        venue.close();
        const later = new KeptVenue(symbol, path);
        for (const event of events.slice(0, seen)) later.market(event);
        expect(later.isWhole).toBe(true);
        expect(stands(later)).toEqual(stands(venue));
        later.close();
      }),
      { numRuns: 60 },
    );
  });

  it("is not whole before the tape has come to its last act", () => {
    const venue = new KeptVenue(symbol, path);
    for (const event of events.slice(0, 50)) venue.market(event);
    ask(venue, "enter", 1);
    venue.close();
    const later = new KeptVenue(symbol, path);
    for (const event of events.slice(0, 49)) later.market(event);
    expect([later.isWhole, later.orders]).toEqual([false, []]);
    for (const event of events.slice(49, 50)) later.market(event);
    expect([later.isWhole, later.tagged("B-1").length]).toEqual([true, 1]);
    later.close();
  });

  it("never did what a kill tore on its way to the disk", () => {
    const venue = new KeptVenue(symbol, path);
    ask(venue, "rest", 1);
    ask(venue, "rest", 2);
    venue.close();
    truncateSync(path, readFileSync(path).length - 3);
    const later = new KeptVenue(symbol, path);
    expect(later.orders.map(({ tag }) => tag)).toEqual(["B-1"]);
    ask(later, "rest", 3);
    later.close();
    expect(new KeptVenue(symbol, path).orders.map(({ tag }) => tag)).toEqual(["B-1", "B-3"]);
  });

  it("refuses a file that something else wrote", () => {
    writeFileSync(path, "0,buy,everything\n");
    expect(() => new KeptVenue(symbol, path)).toThrow("expected an act at the venue");
  });
});
