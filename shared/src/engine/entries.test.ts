import type { Command } from "@believe/shared/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Played, type Seen } from "./played.fixture.ts";
import { link, snapshot } from "./venue.fixture.ts";

/** Entries that were asked for without a decision to enter right before them, made while nothing stopped it. */
function forbidden(seen: readonly Seen[]): readonly Seen[] {
  return seen.filter(({ draft }, i) => {
    if (draft.stream !== "intent" || draft.body.action !== "enter") return false;
    const before = seen[i - 1];
    return (
      before?.draft.stream !== "decision" ||
      before.draft.body.verdict !== "enter" ||
      before.blocks.length > 0
    );
  });
}

const by = { by: "cli", reason: "test" } as const;
const COMMANDS: readonly Command[] = [
  { kind: "kill", flatten: true, ...by },
  { kind: "unkill", ...by },
  { kind: "close-only", on: true, ...by },
  { kind: "close-only", on: false, ...by },
  { kind: "resume", ...by },
  { kind: "arm", tradeDate: "2024-01-09", ...by },
];

type Act = (played: Played) => void;

/** The venue answers every intent that was asked for since `from`: market orders are done at once. */
function answer(played: Played, from: number, price: number): void {
  for (const { draft } of played.seen.slice(from)) {
    if (draft.stream !== "intent") continue;
    const { action, order, side, qty } = draft.body;
    if (action === "cancel") played.cancelled(order);
    else if (action === "protect") played.acknowledged(order);
    else if (action !== "move")
      played.executed(order, side === "buy" ? (qty ?? 0) : -(qty ?? 0), price);
  }
}

const prices = fc.array(fc.integer({ min: 19_190, max: 19_215 }), { minLength: 1, maxLength: 8 });
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: prices.map(
      (walk): Act =>
        (played) => {
          for (const price of walk) {
            const from = played.seen.length;
            played.bars(price);
            answer(played, from, price);
          }
        },
    ),
  },
  fc.boolean().map(
    (fresh): Act =>
      (played) =>
        played.step({ kind: "freshness", tsUs: played.nowUs, fresh }),
  ),
  fc.constant<Act>((played) => played.gap()),
  fc.boolean().map(
    (barking): Act =>
      (played) =>
        played.step({ kind: "watch", tsUs: played.nowUs, dog: "disk-low", barking }),
  ),
  fc.constantFrom(...COMMANDS).map(
    (command): Act =>
      (played) =>
        played.step({ kind: "command", tsUs: played.nowUs, command }),
  ),
  fc.constantFrom<Act>(
    (played) => played.step({ ...link("down"), tsUs: played.nowUs }),
    (played) => {
      const lots = played.engine.holdings?.net ?? 0;
      const positions = lots === 0 ? [] : [{ symbol: played.symbol, lots }];
      played.step({ ...snapshot({ positions }), tsUs: played.nowUs });
      played.step({ ...link("ready"), tsUs: played.nowUs });
    },
  ),
);

const settings = fc.record({
  lots: fc.integer({ min: 1, max: 3 }),
  positionLotsMax: fc.integer({ min: 2, max: 3 }),
  ordersPerMinuteMax: fc.integer({ min: 2, max: 12 }),
  dailyLossMinorMax: fc.integer({ min: 1, max: 5_000 }),
  drawdownMinorMax: fc.option(fc.integer({ min: 1, max: 5_000 })),
  consecutiveLossesMax: fc.integer({ min: 1, max: 5 }),
  priceBandTicks: fc.integer({ min: 5, max: 40 }),
});
const begin = fc.constantFrom(
  "2024-01-09T18:00:00Z",
  "2024-01-09T20:48:00Z",
  "2024-01-09T14:29:30Z",
  "2024-03-06T18:00:00Z",
  "2024-03-07T18:00:00Z",
);

describe("whatever happens", () => {
  it("no entry is asked for while anything stops it", () => {
    let entries = 0;
    let blocked = 0;
    fc.assert(
      fc.property(
        begin,
        settings,
        fc.boolean(),
        fc.array(act, { minLength: 10, maxLength: 40 }),
        (iso, limits, needsArming, acts) => {
          const played = new Played(iso, { limits, venue: { keepsOrders: true, needsArming } });
          played.rise();
          for (const one of acts) one(played);
          expect(forbidden(played.seen)).toEqual([]);
          entries += played.of("intent").filter(({ action }) => action === "enter").length;
          blocked += played.of("decision").filter(({ verdict }) => verdict === "blocked").length;
        },
      ),
      { numRuns: 80 },
    );
    expect(entries).toBeGreaterThan(10);
    expect(blocked).toBeGreaterThan(10);
  });

  it("is checked by a checker that sees an entry while blocked, and one without a decision", () => {
    const played = new Played("2024-01-09T18:00:00Z");
    played.rise();
    const { seen } = played;
    const at = seen.findIndex(({ draft }) => draft.stream === "intent");
    expect(at).toBeGreaterThan(0);
    expect(forbidden(seen)).toEqual([]);
    const planted = seen.map((one, i) => (i === at - 1 ? { ...one, blocks: ["killed"] } : one));
    expect(forbidden(planted)).toHaveLength(1);
    expect(forbidden(seen.filter((_, i) => i !== at - 1))).toHaveLength(1);
  });
});
