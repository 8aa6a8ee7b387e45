import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { billOf, mostThatFits, tableOf } from "./bill.ts";
import { added, DESIGN_DAY, dayOf, EVENTS, partsOf } from "./day.ts";
import { METERS, PRICES, type Use } from "./plans.ts";

const useOf = (changed: Partial<Use>): Use => ({
  requests: 0,
  objectRequests: 0,
  rowsWritten: 0,
  kvReads: 0,
  kvWrites: 0,
  objectSeconds: 0,
  ...changed,
});
const nothing = useOf({});
const each = (use: Use) => ({
  leaf: use,
  follow: nothing,
  look: nothing,
  status: nothing,
  research: nothing,
  figures: nothing,
  pending: nothing,
  visit: nothing,
  click: nothing,
});
const quiet = { ...Object.fromEntries(EVENTS.map((event) => [event, 0])), dashboards: 0 };

describe("the bill", () => {
  it("is the plan's price alone for a day that is within it", () => {
    const bill = billOf(useOf({ requests: 100_000, kvWrites: 1_000 }));
    expect([bill.fitsFree, bill.paidUsd]).toEqual([true, 5]);
  });

  it("charges what a month has above the plan, each million at its price", () => {
    // 1 M requests a day: 30 M a month, 20 M above the 10 M of the plan, at $0.30.
    const { fitsFree, paidUsd } = billOf(useOf({ requests: 1_000_000 }));
    expect(fitsFree).toBe(false);
    expect(paidUsd).toBeCloseTo(5 + 20 * 0.3, 9);
    // 156k KV writes a day are 4.68 M a month: 3.68 M above, at $5.
    expect(billOf(useOf({ kvWrites: 156_000 })).paidUsd).toBeCloseTo(5 + 3.68 * 5, 9);
  });

  it("does not fit Free with one unit too many of anything", () => {
    for (const meter of METERS) {
      const { freePerDay } = PRICES[meter];
      expect(billOf(useOf({ [meter]: freePerDay })).fitsFree).toBe(true);
      expect(billOf(useOf({ [meter]: freePerDay + 1 })).fitsFree).toBe(false);
    }
  });

  it("never falls when a day has more of anything", () => {
    const uses = fc.record(
      Object.fromEntries(METERS.map((meter) => [meter, fc.nat(1e7)] as const)),
    );
    fc.assert(
      fc.property(uses, uses, (a, b) => {
        const less = useOf(a);
        const more = added(less, useOf(b));
        expect(billOf(more).paidUsd).toBeGreaterThanOrEqual(billOf(less).paidUsd);
      }),
    );
  });

  it("prints every meter and one sentence", () => {
    const lines = tableOf(billOf(useOf({ requests: 50_000 }))).split("\n");
    expect(lines).toHaveLength(METERS.length + 2);
    expect(lines[1]).toMatch(/^Worker requests\s+50,000\s+100,000\s+50\.0 %\s+in the plan$/);
    expect(lines.at(-1)).toBe("fits the Free plan: $0.00; on Workers Paid $5.00 a month");
  });
});

describe("a day", () => {
  it("is each event as often as it happens, and what stands all day", () => {
    const day = dayOf(each(useOf({ requests: 4, rowsWritten: 6 })), DESIGN_DAY);
    expect(day.requests).toBe(4 * 1_380);
    // The copies of the public state, and the alarms.
    expect(day.rowsWritten).toBeCloseTo(6 * 1_380 + 720 + 1_234.3, 1);
    expect(day.kvWrites).toBe(720);
    // The alarms. A status every 5 s leaves no page anything to ask.
    expect(day.objectRequests).toBeCloseTo(1_234.3, 1);
    expect(day.objectSeconds).toBeCloseTo(11_059.2, 6);
  });

  it("is the sum of its named parts, each of them once", () => {
    const one = each(useOf({ requests: 4 }));
    const parts = partsOf(one, DESIGN_DAY);
    expect(new Set(parts.map(({ name }) => name)).size).toBe(parts.length);
    const sum = parts.map(({ use }) => use).reduce((a, b) => added(a, b));
    expect(sum).toEqual(dayOf(one, DESIGN_DAY));
  });

  it("has a ping of every dashboard each 20 s when nobody tells them anything", () => {
    const pings = (status: number) =>
      partsOf(each(nothing), { ...DESIGN_DAY, status }).find(({ name }) => name === "ping");
    expect(pings(0)?.use.objectRequests).toBe(43_200);
    expect(pings(4_320)?.use.objectRequests, "a status each 20 s").toBe(43_200);
    expect(pings(4_321)?.use.objectRequests).toBe(0);
  });

  it("without anybody is still one object that is awake, and fits Free", () => {
    const { fitsFree } = billOf(dayOf(each(nothing), { ...DESIGN_DAY, ...quiet }));
    expect(fitsFree).toBe(true);
  });

  it("says how many of one thing still fit, and one more does not", () => {
    const without = useOf({ requests: 40_000, rowsWritten: 99_000 });
    const one = useOf({ requests: 2, rowsWritten: 0.1 });
    const most = mostThatFits(without, one);
    expect(most).toBe(10_000);
    expect(billOf(added(without, one, most)).fitsFree).toBe(true);
    expect(billOf(added(without, one, most + 1)).fitsFree).toBe(false);
    expect(mostThatFits(useOf({ requests: 100_001 }), one)).toBe(0);
  });
});
