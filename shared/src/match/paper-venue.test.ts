import { type PriceTicks, priceTicks, qty, timeUs } from "@believe/shared/base";
import { instrumentOf, type Side, type TimedMarketEvent } from "@believe/shared/market";
import { tradeOf } from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPaperVenue, type PaperVenue } from "./paper-venue.ts";

const SYMBOL = "MESH4";
const LATENCY = 40;

function venue(): PaperVenue {
  const instruments = [instrumentOf(SYMBOL)];
  return createPaperVenue({ instruments, latencyUs: LATENCY, slippageTicks: 1, seed: "s" });
}

const ticksOrNull = (value: number | null): PriceTicks | null =>
  value === null ? null : priceTicks(value);

function quote(ts: number, bid: number | null, ask: number | null): TimedMarketEvent {
  const row = {
    tsUs: timeUs(ts),
    stampUs: timeUs(ts),
    symbol: SYMBOL,
    source: { run: "r", seq: ts },
  };
  const sides = { bid: ticksOrNull(bid), bidSize: qty(9), ask: ticksOrNull(ask), askSize: qty(9) };
  return { kind: "quote", ...row, ...sides };
}

function print(
  ts: number,
  price: number,
  bid: number | null,
  ask: number | null,
): TimedMarketEvent {
  const sides = { bid: ticksOrNull(bid), bidSize: qty(9), ask: ticksOrNull(ask), askSize: qty(9) };
  const row = {
    tsUs: timeUs(ts),
    stampUs: timeUs(ts),
    symbol: SYMBOL,
    source: { run: "r", seq: ts },
  };
  return {
    kind: "trade",
    ...row,
    ...sides,
    price: priceTicks(price),
    size: qty(1),
    aggressor: null,
  };
}

const decimal = (ticks: number): string => (ticks / 4).toFixed(2);

function ask(change: Partial<Body<"intent">>): Body<"intent"> {
  return {
    intent: "I-000001",
    order: "B-000001",
    strategy: "s",
    symbol: SYMBOL,
    atUs: 0,
    action: "enter",
    side: "buy",
    qty: 1,
    type: "MKT",
    price: null,
    stop: null,
    reason: "r",
    ...change,
  };
}

const protect = (side: Side, stop: number): Body<"intent"> =>
  ask({ action: "protect", side, type: "STP", stop: decimal(stop) });

/** Submits at 0 in a market of 100/101 and plays the events; gives each answer as one word or price. */
function play(intent: Body<"intent">, ...events: TimedMarketEvent[]): string[] {
  const paper = venue();
  paper.onMarket(quote(-10, 100, 101));
  paper.submit(intent, timeUs(0));
  return events.flatMap((event) =>
    paper
      .onMarket(event)
      .map((word) =>
        word.kind === "execution" ? `${word.tsUs}@${word.price}` : `${word.tsUs} ${word.kind}`,
      ),
  );
}

describe("a market order at the paper venue", () => {
  it("fills at the first quote at or after its arrival, at the far side and a tick of slippage", () => {
    expect(play(ask({}), quote(39, 110, 111), quote(40, 120, 121), quote(41, 1, 2))).toEqual([
      "40 acknowledged",
      "40@122",
    ]);
    expect(play(ask({ side: "sell" }), quote(50, 120, 121))).toEqual(["40 acknowledged", "50@119"]);
  });

  it("pays the print where that is worse than the quote", () => {
    expect(play(ask({}), print(50, 125, 120, 121))).toEqual(["40 acknowledged", "50@126"]);
    expect(play(ask({}), print(50, 119, 120, 121))).toEqual(["40 acknowledged", "50@122"]);
  });

  it("waits while its far side is missing", () => {
    expect(play(ask({}), quote(50, 120, null), quote(60, 120, 130))).toEqual([
      "40 acknowledged",
      "60@131",
    ]);
  });

  it("is rejected as an entry in the dark, but as an exit waits for the next quote", () => {
    const words = (action: "enter" | "exit"): string[] => {
      const paper = venue();
      paper.submit(ask({ action }), timeUs(0));
      return paper.onMarket(quote(50, 100, 101)).map((word) => word.kind);
    };
    expect(words("enter")).toEqual(["rejected"]);
    expect(words("exit")).toEqual(["acknowledged", "execution"]);
  });

  it("is rejected when it is too large or of another symbol", () => {
    expect(play(ask({ qty: 101 }), quote(50, 100, 101))).toEqual(["40 rejected"]);
    expect(play(ask({ symbol: "ESH4" }), quote(50, 100, 101))).toEqual(["40 rejected"]);
  });
});

describe("a stop order at the paper venue", () => {
  it("rests while the market stays on its good side", () => {
    expect(play(protect("sell", 90), print(50, 91, 91, 92))).toEqual(["40 acknowledged"]);
  });

  it("is triggered by a print at it and pays the worse of stop and quote, with slippage", () => {
    expect(play(protect("sell", 90), print(50, 90, 91, 92))).toEqual(["40 acknowledged", "50@89"]);
    expect(play(protect("sell", 90), print(50, 90, 88, 89))).toEqual(["40 acknowledged", "50@87"]);
    expect(play(protect("buy", 110), print(50, 110, 109, 112))).toEqual([
      "40 acknowledged",
      "50@113",
    ]);
  });

  it("is triggered by the far side of a quote without any print", () => {
    expect(play(protect("sell", 90), quote(50, 90, 91))).toEqual(["40 acknowledged", "50@89"]);
    expect(play(protect("buy", 110), quote(50, 109, 110))).toEqual(["40 acknowledged", "50@111"]);
  });

  it("fills a gap beyond the stop, never at it", () => {
    expect(play(protect("sell", 90), print(50, 70, 69, 71))).toEqual(["40 acknowledged", "50@68"]);
    expect(play(protect("buy", 110), print(50, 140, null, null))).toEqual([
      "40 acknowledged",
      "50@141",
    ]);
  });

  it("stands where a move put it, from the move's arrival on", () => {
    const paper = venue();
    paper.submit(protect("sell", 90), timeUs(0));
    paper.submit(ask({ intent: "I-000002", action: "move", stop: decimal(95) }), timeUs(100));
    expect(paper.onMarket(print(139, 94, 94, 95)).map((word) => word.kind)).toEqual([
      "acknowledged",
    ]);
    expect(paper.onMarket(print(140, 96, 96, 97)).map((word) => word.kind)).toEqual(["moved"]);
    expect(paper.onMarket(print(150, 95, 95, 96)).map((word) => word.kind)).toEqual(["execution"]);
  });
});

describe("a limit order at the paper venue", () => {
  const limit = ask({ type: "LMT", price: decimal(95) });
  it("does not fill when it is only touched", () => {
    expect(play(limit, print(50, 95, 94, 95), quote(60, 94, 95))).toEqual(["40 acknowledged"]);
  });

  it("fills at its own price when the market trades or stands through it", () => {
    expect(play(limit, print(50, 94, 94, 95))).toEqual(["40 acknowledged", "50@95"]);
    expect(play(limit, quote(50, 93, 94))).toEqual(["40 acknowledged", "50@95"]);
  });
});

describe("the paper venue", () => {
  it("refuses a cancel that comes after the fill, and cancels what still rests", () => {
    const paper = venue();
    paper.submit(protect("sell", 90), timeUs(0));
    paper.onMarket(quote(50, 100, 101));
    paper.submit(ask({ intent: "I-000002", action: "cancel" }), timeUs(60));
    expect(paper.onMarket(quote(70, 90, 91)).map((word) => word.kind)).toEqual(["execution"]);
    expect(paper.onMarket(quote(100, 90, 91))).toMatchObject([
      { kind: "cancel-rejected", reason: "too-late" },
    ]);
    paper.submit({ ...protect("sell", 80), order: "B-000002" }, timeUs(110));
    paper.submit(ask({ intent: "I-000003", order: "B-000002", action: "cancel" }), timeUs(111));
    const words = paper.onMarket(quote(200, 70, 71)).map((word) => word.kind);
    expect(words).toEqual(["acknowledged", "cancelled"]);
    expect(paper.resting).toBe(0);
  });

  it("fills an order in parts when it is told to: as much as one event offers, each part under its own name", () => {
    const instruments = [instrumentOf(SYMBOL)];
    const options = { instruments, latencyUs: 0, slippageTicks: 0, seed: "s" };
    const paper = createPaperVenue({ ...options, partialFills: true });
    paper.submit({ ...protect("sell", 90), qty: 12 }, timeUs(0));
    const words = [print(1, 89, 88, 91), quote(2, 95, 96), quote(3, 95, 96)].flatMap((event) =>
      paper.onMarket(event),
    );
    // Triggered by the print, the rest no longer waits for the stop's price.
    expect(words.slice(1)).toMatchObject([
      { exec: "B-000001.1", qty: 1, price: 88 },
      { exec: "B-000001.2", qty: 9, price: 95 },
      { exec: "B-000001.3", qty: 2, price: 95 },
    ]);
    expect(paper.resting).toBe(0);
  });

  it("changes the size of a resting order, but not to less than is done", () => {
    const instruments = [instrumentOf(SYMBOL)];
    const options = { instruments, latencyUs: 0, slippageTicks: 0, seed: "s" };
    const paper = createPaperVenue({ ...options, partialFills: true });
    paper.submit({ ...protect("sell", 90), qty: 3 }, timeUs(0));
    paper.onMarket(print(1, 89, 88, 91));
    paper.submit(ask({ intent: "I-000002", action: "move", qty: 1 }), timeUs(2));
    paper.submit(ask({ intent: "I-000003", action: "move", qty: 2 }), timeUs(3));
    const words = paper.onMarket(quote(4, 95, 96));
    expect(words).toMatchObject([
      { kind: "cancel-rejected", request: "move" },
      { kind: "moved" },
      { kind: "execution", qty: 1 },
    ]);
  });

  it("never takes up an order after its deadline", () => {
    const late = { expiresUs: LATENCY - 1 };
    expect(play(ask(late), quote(50, 100, 101))).toEqual(["40 rejected"]);
    expect(play(ask({ expiresUs: LATENCY }), quote(50, 100, 101))).toHaveLength(2);
  });

  it("names an execution from its order alone, so that a rebuilt venue cannot invent a second name", () => {
    const rebuilt = venue();
    const order = {
      order: "B-000007",
      intent: "I-000009",
      strategy: "s",
      symbol: SYMBOL,
      role: "stop" as const,
      side: "sell" as const,
      qty: qty(2),
      filled: qty(1),
      executions: 1,
      type: "STP" as const,
      price: null,
      stop: priceTicks(90),
      state: "working" as const,
      reason: "r",
      move: null,
      cancel: null,
    };
    rebuilt.restore([order]);
    expect(rebuilt.onMarket(quote(1, 80, 81))).toMatchObject([
      { exec: "B-000007.2", qty: 1, price: 79 },
    ]);
    expect(tradeOf("B-000007")).toBe("T-000007");
  });

  it("never fills a taker better than the far side it saw, nor a stop better than the stop", () => {
    const price = fc.integer({ min: 50, max: 150 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(price, fc.integer({ min: 1, max: 4 }), fc.integer({ min: -3, max: 3 }))),
        fc.constantFrom<Side>("buy", "sell"),
        price,
        (steps, side, stop) => {
          const sign = side === "buy" ? 1 : -1;
          for (const intent of [ask({ side }), protect(side, stop)]) {
            const paper = venue();
            paper.submit({ ...intent, action: "exit" }, timeUs(0));
            steps.forEach(([bid, spread, off], i) => {
              const event = print(50 + i, bid + off, bid, bid + spread);
              for (const word of paper.onMarket(event)) {
                if (word.kind !== "execution") continue;
                const far = side === "buy" ? bid + spread : bid;
                expect(sign * (word.price - far)).toBeGreaterThanOrEqual(1);
                if (intent.type === "STP")
                  expect(sign * (word.price - stop)).toBeGreaterThanOrEqual(1);
              }
            });
          }
        },
      ),
    );
  });
});
