import { priceTicks } from "@believe/shared/base";
import { instrumentOf, parsePrice, type Side } from "@believe/shared/market";
import type { Body, Draft, JournalRecord } from "@believe/shared/wire";
import { figures as figuresSchema } from "@believe/shared/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { figuresOf } from "./figures.ts";
import { Holdings } from "./holdings.ts";
import { emptyHoldings, holdingsState } from "./holdings-state.ts";
import { Lots } from "./lots.ts";
import { averageDecimal } from "./money.ts";
import { initialStop } from "./round-turn.ts";

const MES = instrumentOf("MESH4");
const fills = fc.array(
  fc.tuple(
    fc.constantFrom<Side>("buy", "sell"),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 900, max: 1100 }),
  ),
  { maxLength: 40 },
);

describe("Lots", () => {
  it("keeps realised minus open cost equal to the cash that changed hands", () => {
    fc.assert(
      fc.property(fills, (all) => {
        const lots = new Lots();
        let realised = 0;
        let cash = 0;
        for (const [side, qty, price] of all) {
          realised += lots.fill(side, qty, priceTicks(price));
          cash += (side === "buy" ? -1 : 1) * qty * price;
          const openCost = lots.side === "sell" ? -lots.cost : lots.cost;
          expect(realised - openCost).toBe(cash);
        }
      }),
    );
  });

  it("closes the oldest lot first", () => {
    const lots = new Lots();
    lots.fill("buy", 1, priceTicks(10));
    lots.fill("buy", 1, priceTicks(12));
    expect(lots.fill("sell", 1, priceTicks(13))).toBe(3);
    expect(lots.open).toEqual([{ price: 12, qty: 1 }]);
    expect(lots.fill("sell", 3, priceTicks(13))).toBe(1);
    expect(lots.net).toBe(-2);
  });

  it("realises the same total when flat, in whatever order lots of one side were opened", () => {
    fc.assert(
      fc.property(fills, fc.integer({ min: 900, max: 1100 }), (all, out) => {
        const opened = all.map(([, qty, price]) => ({ qty, price }));
        const total = (order: typeof opened): number => {
          const lots = new Lots();
          for (const { qty, price } of order) lots.fill("buy", qty, priceTicks(price));
          const held = lots.net;
          return held === 0 ? 0 : lots.fill("sell", held, priceTicks(out));
        };
        expect(total(opened)).toBe(total(opened.toReversed()));
      }),
    );
  });
});

describe("initialStop", () => {
  it("is where it was planned unless the fill is already beyond", () => {
    expect(initialStop("buy", priceTicks(100), priceTicks(90))).toBe(90);
    expect(initialStop("buy", priceTicks(85), priceTicks(90))).toBe(84);
    expect(initialStop("sell", priceTicks(100), priceTicks(110))).toBe(110);
    expect(initialStop("sell", priceTicks(110), null)).toBe(111);
  });
});

describe("averageDecimal", () => {
  it("prints a price between two ticks with as many decimals as it needs", () => {
    expect(averageDecimal(MES, 19_200, 1)).toBe("4800.00");
    expect(averageDecimal(MES, 38_401, 2)).toBe("4800.125");
    expect(averageDecimal(MES, 57_601, 3)).toBe("4800.083333");
  });
});

const AT = 1_704_811_800_000_000;

function intent(n: number, change: Partial<Body<"intent">>): Draft {
  const body: Body<"intent"> = {
    intent: `I-00000${n}`,
    order: `B-00000${n}`,
    strategy: "sma-cross",
    symbol: "MESH4",
    atUs: AT,
    action: "enter",
    side: "buy",
    qty: 1,
    type: "MKT",
    price: null,
    stop: "4795.00",
    reason: "cross-up",
    ...change,
  };
  return { stream: "intent", body };
}

function execution(order: string, side: Side, price: string): Draft {
  const body = {
    exec: `${order}.1`,
    order,
    symbol: "MESH4",
    atUs: AT,
    side,
    qty: 1,
    price,
    venue: "paper",
  };
  return { stream: "execution", body };
}

/** A round turn: bought at 4800.25, stopped at 4795.00. */
function roundTurn(): Draft[] {
  const holdings = new Holdings(MES, emptyHoldings());
  const out: Draft[] = [];
  const write = (draft: Draft): void => {
    out.push(draft);
    holdings.apply(draft);
    for (let owed = holdings.owed(); owed; owed = holdings.owed()) {
      out.push(owed);
      holdings.apply(owed);
    }
  };
  write(intent(1, {}));
  write(execution("B-000001", "buy", "4800.25"));
  write(intent(2, { action: "protect", side: "sell", type: "STP", reason: "protective-stop" }));
  write(execution("B-000002", "sell", "4795.00"));
  return out;
}

describe("Holdings", () => {
  it("owes, after an execution, exactly its fill, its position, its trade when flat, and the end of its order", () => {
    const streams = roundTurn().map((draft) => draft.stream);
    expect(streams.join(" ")).toBe(
      "intent execution fill position order intent execution fill position trade order",
    );
  });

  it("writes the round turn with gross, fees, net and R", () => {
    const trade = roundTurn().find((draft) => draft.stream === "trade");
    expect(trade?.body).toEqual({
      trade: "T-000001",
      strategy: "sma-cross",
      symbol: "MESH4",
      side: "buy",
      qty: 1,
      enteredAtUs: AT,
      exitedAtUs: AT,
      entryPrice: "4800.25",
      exitPrice: "4795.00",
      stop: "4795.00",
      gross: "-26.25",
      fees: "1.24",
      net: "-27.49",
      r: "-1.05",
      reason: "protective-stop",
    });
  });

  it("ends in the same state, cut and carried on at any record, and owes the same rest", () => {
    const drafts = roundTurn();
    const whole = new Holdings(MES, emptyHoldings());
    for (const draft of drafts) whole.apply(draft);
    drafts.forEach((_, cut) => {
      let holdings = new Holdings(MES, emptyHoldings());
      const written = drafts.slice(0, cut);
      for (const draft of written) holdings.apply(draft);
      for (let owed = holdings.owed(); owed; owed = holdings.owed()) {
        expect(owed).toEqual(drafts[written.length]);
        written.push(owed);
        holdings.apply(owed);
      }
      holdings = new Holdings(
        MES,
        holdingsState.parse(JSON.parse(JSON.stringify(holdings.state()))),
      );
      for (const draft of drafts.slice(written.length)) holdings.apply(draft);
      for (let owed = holdings.owed(); owed; owed = holdings.owed()) holdings.apply(owed);
      expect(holdings.state()).toEqual(whole.state());
    });
  });

  it("refuses a record that contradicts the fills", () => {
    const holdings = new Holdings(MES, emptyHoldings());
    for (const draft of roundTurn().slice(0, 3)) holdings.apply(draft);
    const body = {
      symbol: "MESH4",
      atUs: AT,
      lots: 2,
      averagePrice: null,
      trade: null,
      realised: "0.00",
    };
    expect(() => holdings.apply({ stream: "position", body })).toThrow(
      "expected a position of 1 lots",
    );
  });
});

describe("figuresOf", () => {
  const account = { kind: "paper" as const, name: "demo" };
  const genesis: Draft = {
    stream: "genesis",
    body: {
      brand: "b",
      origin: "o",
      account,
      feed: { name: "f", licensed: false },
      instruments: [],
      journalKey: "k",
      statusKey: "s",
    },
  };
  const records = (drafts: readonly Draft[]): JournalRecord[] =>
    drafts.map((draft, seq) => ({
      v: 1,
      seq,
      wallUs: 0,
      salt: "AAAAAAAAAAAAAAAAAAAAAA==",
      ...draft,
    }));

  it("computes what the dashboard prints, in the schema of the signed document", () => {
    const figures = figuresOf(records([genesis, ...roundTurn()]), { n: 3, atUs: 9 });
    expect(figuresSchema.parse(figures)).toEqual(figures);
    expect(figures).toMatchObject({
      n: 3,
      account,
      entries: { first: 0, last: 11 },
      fills: 2,
      trades: 1,
      wins: 0,
      gross: "-26.25",
      fees: "1.24",
      net: "-27.49",
      maxDrawdown: "27.49",
      day: { tradeDate: "2024-01-09", net: "-27.49", trades: 1 },
      byStrategy: [{ strategy: "sma-cross", trades: 1, wins: 0, net: "-27.49" }],
      equity: [{ seq: 10, atUs: AT, net: "-27.49" }],
    });
  });

  it("counts the entry's fee before the trade is closed", () => {
    const figures = figuresOf(records([genesis, ...roundTurn().slice(0, 5)]), { n: 0, atUs: 0 });
    expect(figures).toMatchObject({ fills: 1, trades: 0, net: "-0.62", maxDrawdown: "0.00" });
  });

  /** What the venue says later of the round turn's entry. */
  function changed(revision: number, lots: number, price: string): Draft[] {
    const holdings = new Holdings(MES, emptyHoldings());
    const drafts = roundTurn();
    for (const draft of drafts) holdings.apply(draft);
    const replacement = {
      order: "B-000001",
      exec: "B-000001.1",
      revision,
      side: "buy" as const,
      qty: lots,
      price: parsePrice(MES, price),
    };
    const body = holdings.correctionOf(replacement, { atUs: AT, reason: "corrected" });
    drafts.push({ stream: "correction", body });
    holdings.apply({ stream: "correction", body });
    for (let owed = holdings.owed(); owed; owed = holdings.owed()) {
      drafts.push(owed);
      holdings.apply(owed);
    }
    return drafts;
  }

  it("takes a corrected price into every figure and counts no fill and no trade for it", () => {
    const drafts = changed(1, 1, "4799.00");
    const change = drafts.find((draft) => draft.stream === "correction");
    expect(change?.body).toMatchObject({ lotsBefore: 0, lotsAfter: 0, realisedDelta: "6.25" });
    expect(drafts.at(-1)).toMatchObject({
      stream: "position",
      body: { lots: 0, realised: "-21.24" },
    });
    expect(figuresOf(records([genesis, ...drafts]), { n: 0, atUs: 0 })).toMatchObject({
      fills: 2,
      trades: 1,
      wins: 0,
      gross: "-20.00",
      net: "-21.24",
      maxDrawdown: "27.49",
      day: { net: "-21.24", trades: 1 },
      byStrategy: [{ strategy: "sma-cross", trades: 1, wins: 0, net: "-21.24" }],
      equity: [
        { seq: 10, net: "-27.49" },
        { seq: 12, net: "-21.24" },
      ],
    });
  });

  it("has no profit out of a bust: what was closed is open again", () => {
    const drafts = changed(1, 0, "4800.25");
    expect(drafts.at(-1)).toMatchObject({
      stream: "position",
      body: { lots: -1, realised: "-0.62", averagePrice: "4795.00" },
    });
    const figures = figuresOf(records([genesis, ...drafts]), { n: 0, atUs: 0 });
    expect(figures).toMatchObject({ fills: 2, gross: "0.00", fees: "0.62", net: "-0.62" });
  });

  it("says so when there is no genesis record", () => {
    expect(() => figuresOf([], { n: 0, atUs: 0 })).toThrow("expected a genesis record");
  });
});
