import { MINUTE_US, parseIsoUs } from "@believe/shared/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GuardView, type OrderDraft, orderBlocks } from "./guard.ts";
import { limits } from "./limits.ts";

const set = limits.parse({ priceBandTicks: 100, openOrdersMax: 3, orderLotsMax: 10 });
const nowUs = parseIsoUs("2024-01-09T18:00:00Z");
const quiet: GuardView = {
  nowUs,
  bid: 19_200,
  ask: 19_201,
  fresh: true,
  lots: 0,
  openOrders: 0,
  asked: [],
};
const entry: OrderDraft = { role: "entry", side: "buy", qty: 1, price: null, stop: 19_180 };
const long = { ...quiet, lots: 2 };
const stop: OrderDraft = { role: "stop", side: "sell", qty: 2, price: null, stop: 19_180 };
const move: OrderDraft = { ...stop, role: "move" };
const exit: OrderDraft = { role: "exit", side: "sell", qty: 2, price: null, stop: null };
const burst = Array.from({ length: 12 }, (_, i) => nowUs - MINUTE_US + 1 + i);

describe("orderBlocks", () => {
  it("lets a sane entry, stop and exit pass", () => {
    expect(orderBlocks(entry, quiet, set)).toEqual([]);
    expect(orderBlocks(stop, long, set)).toEqual([]);
    expect(orderBlocks(exit, long, set)).toEqual([]);
  });

  it.each<[string, OrderDraft, GuardView]>([
    ["not-a-quantity", { ...entry, qty: 0 }, quiet],
    ["not-a-quantity", { ...entry, qty: -5 }, quiet],
    ["not-a-quantity", { ...entry, qty: 0.1 + 0.2 }, quiet],
    ["not-a-quantity", { ...entry, qty: Number.NaN }, quiet],
    ["off-tick", { ...entry, stop: 19_180.5 }, quiet],
    ["order-too-large", { ...entry, qty: 11 }, quiet],
    ["stale-data", entry, { ...quiet, fresh: false }],
    ["no-quote", entry, { ...quiet, bid: null }],
    ["price-band", { ...entry, price: 19_302 }, quiet],
    ["price-band", { ...entry, stop: 19_099 }, quiet],
    ["too-many-orders", entry, { ...quiet, openOrders: 3 }],
    ["order-rate", entry, { ...quiet, asked: burst }],
    ["over-exit", { ...exit, qty: 3 }, long],
    ["over-exit", { ...exit, side: "buy" }, long],
    ["over-exit", { ...stop, side: "sell", qty: 1 }, { ...quiet, lots: -1 }],
    ["price-band", { ...stop, stop: 19_099 }, long],
    ["off-tick", { ...move, stop: 19_180.5 }, long],
  ])("stops an order for %s alone: %j", (reason, order, view) => {
    expect(orderBlocks(order, view, set)).toEqual([reason]);
  });

  it("names NaN and infinity as what they are wherever they stand", () => {
    const odd = fc.constantFrom(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0.5,
    );
    fc.assert(
      fc.property(odd, (number) => {
        expect(orderBlocks({ ...entry, price: number }, quiet, set)).toContain("off-tick");
        expect(orderBlocks({ ...entry, stop: number }, quiet, set)).toContain("off-tick");
        expect(orderBlocks({ ...entry, qty: number }, quiet, set)).toContain("not-a-quantity");
      }),
    );
  });

  it("never stops the way out for want of a quote, of room or of rate", () => {
    const dark = { ...long, bid: null, ask: null, fresh: false, openOrders: 19, asked: burst };
    expect(orderBlocks(exit, dark, set)).toEqual([]);
    expect(orderBlocks({ ...stop, stop: 1 }, dark, set)).toEqual([]);
    expect(orderBlocks({ ...move, stop: 19_000 }, long, set)).toEqual([]);
  });

  it("names every reason at once", () => {
    const wild = { ...entry, qty: 100, price: 1 };
    const view = { ...quiet, openOrders: 9, asked: burst };
    const reasons = ["order-too-large", "price-band", "too-many-orders", "order-rate"];
    expect(orderBlocks(wild, view, set)).toEqual(reasons);
  });
});
