import { parseIsoUs } from "@believe/shared/base";
import { guardNames, limitNames } from "@believe/shared/risk";
import { emptyHoldings } from "@believe/shared/trade";
import { describe, expect, it } from "vitest";
import { Played, type PlayedChange } from "./played.fixture.ts";
import { acknowledged, holdingsOf, intent, READY } from "./venue.fixture.ts";

const NOON = "2024-01-09T18:00:00Z";
const empty = emptyHoldings();
const by = { by: "cli", reason: "test" } as const;

/** Holdings that begin with a day's result behind them, in US cents. */
function after(day: { net: number; losses: number }): PlayedChange {
  const base = { ...empty.ledger.base, gross: day.net, day: { tradeDate: "2024-01-09", ...day } };
  const equity = { ...empty.equity, tradeDate: "2024-01-09", minor: day.net };
  return { holdings: { ...empty, ledger: { base, booked: [] }, equity } };
}

const resting = [intent({ type: "LMT", price: "4790.00" })];
const atRest = holdingsOf([
  ...resting,
  {
    stream: "order",
    body: {
      order: acknowledged().order,
      intent: "I-000001",
      symbol: "MESH4",
      atUs: parseIsoUs(NOON),
      state: "acknowledged",
      reason: null,
    },
  },
]).state();
const [restingOrder] = atRest.orders;
if (!restingOrder) throw new Error("expected an order at rest, was none");
const inDoubt = { ...atRest, orders: [{ ...restingOrder, state: "unknown" }] };
const limit = (limits: PlayedChange): PlayedChange => ({ limits });
const blackout = {
  name: "rate-decision",
  fromUs: parseIsoUs("2024-01-09T17:55:00Z"),
  untilUs: parseIsoUs("2024-01-09T18:05:00Z"),
};

interface Case {
  readonly reasons: readonly string[];
  readonly at?: string;
  readonly change?: PlayedChange;
  readonly before?: (played: Played) => void;
}

/** The signal meets what stops it, and nothing else. */
const CASES: readonly Case[] = [
  {
    reasons: ["stale-data"],
    before: (played) => played.step({ kind: "freshness", tsUs: played.nowUs, fresh: false }),
  },
  { reasons: ["outside-rth"], at: "2024-01-09T12:00:00Z" },
  { reasons: ["near-boundary"], at: "2024-01-09T20:51:00Z" },
  { reasons: ["blackout"], change: limit({ blackouts: [blackout] }) },
  { reasons: ["roll-window"], at: "2024-03-08T18:00:00Z" },
  { reasons: ["expiry"], at: "2024-03-15T18:00:00Z" },
  { reasons: ["expiry"], at: "2024-03-18T18:00:00Z" },
  { reasons: ["expiry-unknown"], at: "2031-01-08T18:00:00Z" },
  { reasons: ["orders-open"], change: { holdings: atRest } },
  { reasons: ["max-position"], change: limit({ lots: 2 }) },
  { reasons: ["max-notional"], change: limit({ notionalMinorMax: 2_400_000 }) },
  {
    reasons: ["order-rate"],
    change: {
      ...limit({ ordersPerMinuteMax: 1 }),
      holdings: { ...empty, asked: [parseIsoUs(NOON)] },
    },
  },
  { reasons: ["daily-loss"], change: after({ net: -100_000, losses: 0 }) },
  {
    reasons: ["drawdown"],
    change: { ...after({ net: -700, losses: 0 }), ...limit({ drawdownMinorMax: 700 }) },
  },
  { reasons: ["consecutive-losses"], change: after({ net: 0, losses: 40 }) },
  {
    reasons: ["venue-not-ready"],
    change: { connection: { ...READY, link: "down", synced: false } },
  },
  { reasons: ["orders-open", "order-unknown"], change: { holdings: inDoubt } },
  { reasons: ["killed"], change: { holdings: { ...empty, killed: { flatten: false } } } },
  { reasons: ["close-only"], change: { holdings: { ...empty, closeOnly: true } } },
  { reasons: ["not-armed"], change: { venue: { keepsOrders: true, needsArming: true } } },
  { reasons: ["disk-low"], change: { connection: { ...READY, barking: ["disk-low"] } } },
  {
    reasons: ["late-fill"],
    change: { holdings: { ...empty, halts: [{ reason: "late-fill", tradeDate: null }] } },
  },
  {
    reasons: ["order-too-large"],
    change: limit({ lots: 3, positionLotsMax: 3, orderLotsMax: 2 }),
  },
  { reasons: ["price-band"], change: limit({ priceBandTicks: 1 }) },
  {
    reasons: ["orders-open", "too-many-orders"],
    change: { holdings: atRest, ...limit({ openOrdersMax: 1 }) },
  },
];

/** The decisions on a wish to buy, and the entries that were asked for. */
function wishes(played: Played) {
  const decisions = played.of("decision").filter(({ side }) => side === "buy");
  const entries = played.of("intent").filter(({ action }) => action === "enter");
  return { decisions, entries };
}

describe("an entry through the engine", () => {
  it("is asked for once nothing stops it", () => {
    const played = new Played(NOON);
    played.rise();
    const { decisions, entries } = wishes(played);
    expect(decisions.map(({ verdict }) => verdict)).toContain("enter");
    expect(entries).toHaveLength(1);
  });

  it.each(CASES)("is a blocked decision for $reasons alone", ({ reasons, at, change, before }) => {
    const played = new Played(at ?? NOON, change);
    before?.(played);
    played.rise();
    const { decisions, entries } = wishes(played);
    expect(entries).toEqual([]);
    expect(decisions.length).toBeGreaterThan(0);
    for (const decision of decisions) {
      expect(decision).toMatchObject({ verdict: "blocked", reasons });
    }
  });

  it("is a blocked decision while a side of the market is unknown", () => {
    const played = new Played(NOON);
    for (const price of [19_200, 19_200, 19_199, 19_198, 19_198, 19_204, 19_208]) {
      played.bars(price);
      played.gap();
    }
    const { decisions, entries } = wishes(played);
    expect(entries).toEqual([]);
    expect(decisions.map(({ reasons }) => reasons)).toContainEqual(["no-quote"]);
  });

  it("was met by every limit, and by every guard that a strategy's whole numbers can reach", () => {
    const met = new Set([...CASES.flatMap(({ reasons }) => reasons), "no-quote"]);
    const unreachable = ["not-a-quantity", "off-tick", "over-exit"];
    const rules = new Set([...limitNames, ...guardNames]);
    expect([...rules].filter((name) => !met.has(name))).toEqual(unreachable);
  });
});

describe("a way out that a guard stops", () => {
  it("leaves a position whose stop it stopped, at once and loudly", () => {
    const played = new Played(NOON, limit({ priceBandTicks: 20 }));
    played.rise();
    const [entry] = wishes(played).entries;
    if (!entry) throw new Error("expected an entry, was none");
    played.bars(19_300);
    played.executed(entry.order, 1, 19_300);
    expect(played.of("halt").map(({ reason }) => reason)).toEqual(["price-band"]);
    expect(played.of("watch")).toMatchObject([{ dog: "order-stopped", barking: true }]);
    const [, exit, ...more] = played.of("intent");
    expect(exit).toMatchObject({ action: "exit", reason: "protect-stopped", side: "sell", qty: 1 });
    expect(more).toEqual([]);
    played.executed(exit?.order ?? "", -1, 19_299);
    expect(played.of("watch").at(-1)).toMatchObject({ dog: "order-stopped", barking: false });
    expect(played.engine.status()?.entries.reasons).toEqual(["price-band"]);
  });

  it("is not hammered: an exit that is too large is tried once a bar, its halt written once", () => {
    const played = new Played(NOON, limit({ orderLotsMax: 2, positionLotsMax: 9 }));
    const command = { kind: "adopt", symbol: "MESH4", lots: 3, price: "4800.00", ...by } as const;
    played.step({ kind: "command", tsUs: played.nowUs, command });
    played.rise();
    expect(played.of("intent")).toEqual([]);
    expect(played.of("halt").map(({ reason }) => reason)).toEqual(["order-too-large"]);
    expect(played.of("watch")).toMatchObject([{ dog: "order-stopped", barking: true }]);
    expect(played.engine.holdings?.net).toBe(3);
  });
});

describe("a position and its contract", () => {
  it("is flat before the last trade date's session, and leaves at once if it is not", () => {
    const open = { ...empty.ledger.base, side: "buy", lots: [{ price: 19_200, qty: 1 }] };
    const trade = {
      trade: "T-000001",
      strategy: "sma-cross",
      side: "buy",
      enteredAtUs: parseIsoUs("2024-03-14T18:00:00Z"),
      stop: 19_100,
      entryQty: 1,
      entryCost: 19_200,
      exitQty: 0,
      exitCost: 0,
      gross: 0,
      fees: 62,
      intended: true,
    };
    const holdings = { ...empty, ledger: { base: { ...open, trade }, booked: [] } };
    const played = new Played("2024-03-15T15:00:00Z", { holdings });
    played.bars(19_200, 19_200);
    const asked = played.of("intent").map(({ action, reason }) => `${action} ${reason}`);
    expect(asked).toContain("protect protective-stop");
    played.acknowledged("B-000001");
    played.cancelled("B-000001");
    expect(played.of("intent").at(-1)).toMatchObject({ action: "exit", reason: "flat-by-time" });
  });
});
