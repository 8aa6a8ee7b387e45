import { type PriceTicks, priceTicks, qty, type TimeUs, timeUs } from "@believe/shared/base";
import { instrumentOf } from "@believe/shared/market";
import {
  emptyHoldings,
  Holdings,
  type VenueEvent,
  type VenueExecution,
  type VenueOrder,
} from "@believe/shared/trade";
import type { Body, Draft } from "@believe/shared/wire";
import { describe, expect, it } from "vitest";
import { EventCursor } from "./cursor.ts";
import { createEngine } from "./engine.ts";
import type { EngineEvent } from "./event.ts";
import { resumeState } from "./resume-state.ts";

const SYMBOL = "MESH4";
const MES = instrumentOf(SYMBOL);
const T0 = Date.UTC(2024, 0, 9, 14, 45) * 1_000_000;
const at = (seconds = 0): TimeUs => timeUs(Math.floor(T0 / 1000) + seconds * 1_000_000);
const PRICE: PriceTicks = priceTicks(19_200);

function intent(n: number, change: Partial<Body<"intent">> = {}): Draft {
  const id = String(n).padStart(6, "0");
  const body = {
    intent: `I-${id}`,
    order: `B-${id}`,
    strategy: "sma-cross",
    symbol: SYMBOL,
    atUs: at(),
    action: "enter" as const,
    side: "buy" as const,
    qty: 3,
    type: "MKT" as const,
    price: null,
    stop: "4790.00",
    reason: "cross-up",
  };
  return { stream: "intent", body: { ...body, ...change } };
}

function outcome(n: number, state: Body<"order">["state"], of = n): Draft {
  const [order, by] = [n, of].map((one) => String(one).padStart(6, "0"));
  const body = { order: `B-${order}`, intent: `I-${by}`, symbol: SYMBOL, atUs: at(), state };
  return { stream: "order", body: { ...body, reason: null } };
}

const order = (n: number): string => `B-${String(n).padStart(6, "0")}`;
const of = (n: number) => ({ tsUs: at(1), order: order(n), symbol: SYMBOL });
const execution = (n: number, exec: string, lots: number, side: "buy" | "sell"): VenueEvent => ({
  kind: "execution",
  ...of(n),
  exec,
  side,
  qty: qty(lots),
  price: PRICE,
  venue: "world",
});
const link = (state: "down" | "syncing" | "ready"): VenueEvent => ({
  kind: "link",
  tsUs: at(1),
  venue: "world",
  state,
  reason: null,
});

function venueOrder(n: number, change: Partial<VenueOrder>): VenueOrder {
  const ref = `V${n}`;
  const size = { qty: qty(3), filled: qty(0) };
  const of = { order: order(n), ref, symbol: SYMBOL, side: "sell" as const, parent: null };
  return { ...of, ...size, type: "STP", price: null, stop: null, state: "working", ...change };
}

function snapshot(
  orders: readonly VenueOrder[],
  { executions = [], lots = 0 }: { executions?: VenueExecution[]; lots?: number } = {},
): VenueEvent {
  return {
    kind: "snapshot",
    tsUs: at(1),
    snapshot: {
      venue: "world",
      account: "W1",
      orders: orders.filter(({ state }) => state === "working"),
      done: orders.filter(({ state }) => state !== "working"),
      executions,
      positions: [{ symbol: SYMBOL, lots }],
      definite: true,
    },
  };
}

/** An engine that goes on from these records, on a link that is ready. */
function desk(before: readonly Draft[]) {
  const book = new Holdings(MES, emptyHoldings());
  for (const draft of before) {
    book.apply(draft);
    for (let owed = book.owed(); owed; owed = book.owed()) book.apply(owed);
  }
  const said: Draft[] = [];
  const engine = createEngine({ sink: { emit: (draft) => said.push(draft) } });
  const cursor = new EventCursor();
  const step = (event: EngineEvent): void => engine.step(cursor.at(event));
  const state = resumeState.parse({
    symbol: SYMBOL,
    strategy: "sma-cross",
    parameters: {},
    limits: { lots: 3, positionLotsMax: 3 },
    exits: {},
    venue: { keepsOrders: true, attachesStop: true },
    connection: { link: "ready", synced: true, foreign: [], barking: [] },
    decisionTip: "0".repeat(64),
    holdings: book.state(),
  });
  step({ kind: "resume", tsUs: at(), state });
  return {
    hear: (...words: VenueEvent[]) => {
      for (const word of words) step(word);
    },
    step,
    /** What was asked of the venue since the last time. */
    asked: (): string[] =>
      said
        .splice(0)
        .flatMap(({ stream, body }) =>
          stream === "intent" ? [`${body.action} ${body.order} ${body.qty ?? ""}`.trim()] : [],
        ),
    said,
    holdings: () => engine.holdings,
  };
}

const executed = (n: number, exec: string, lots: number, side: "buy" | "sell"): Draft => ({
  stream: "execution",
  body: {
    exec,
    order: order(n),
    symbol: SYMBOL,
    atUs: at(),
    side,
    qty: lots,
    price: "4800.00",
    venue: "world",
  },
});
const filledFill = (n: number, exec: string, lots: number, side: "buy" | "sell"): Draft[] => [
  executed(n, exec, lots, side),
];

const protect = { action: "protect", side: "sell", type: "STP" } as const;
const entered = [intent(1), outcome(1, "acknowledged"), ...filledFill(1, "X1", 3, "buy")];
const held = [...entered, intent(2, protect), outcome(2, "acknowledged")];
const corrected = (n: number, exec: string, lots: number, side: "buy" | "sell"): VenueEvent => ({
  kind: "correction",
  ...of(n),
  exec,
  revision: 1,
  side,
  qty: qty(lots),
  price: PRICE,
  venue: "world",
});

describe("the engine after a fault", () => {
  it("halts and leaves at a start what a dead run had no time to call unintended", () => {
    const stopped = filledFill(2, "X2", 3, "sell");
    const again = [intent(3, { ...protect, qty: 2 }), ...filledFill(3, "X3", 2, "sell")];
    const { asked, said, holdings, step } = desk([...held, ...stopped, ...again]);
    step({ kind: "clock", tsUs: at(1) });
    expect(holdings()?.net).toBe(-2);
    expect(said).toContainEqual(
      expect.objectContaining({
        stream: "halt",
        body: { atUs: at(1), reason: "unintended-position" },
      }),
    );
    expect(asked()).toEqual(["exit B-000004 2"]);
  });

  it("asks again for what a person cancelled, when the link lost the request", () => {
    const { step, hear, asked } = desk(held);
    const command = { kind: "cancel", order: "B-000002", by: "cli", reason: "mine" } as const;
    step({ kind: "command", tsUs: at(1), command });
    expect(asked()).toEqual(["cancel B-000002"]);
    hear(link("down"), link("syncing"));
    const stop = venueOrder(2, { stop: priceTicks(19_160) });
    hear(snapshot([stop], { lots: 3 }), link("ready"));
    expect(asked()).toEqual(["cancel B-000002"]);
  });

  it("asks for a person's cancel when the venue has the order, not before", () => {
    const { step, hear, asked } = desk([...entered, intent(2, protect)]);
    const command = { kind: "cancel", order: "B-000002", by: "cli", reason: "mine" } as const;
    step({ kind: "command", tsUs: at(1), command });
    expect(asked()).toEqual([]);
    hear({ kind: "acknowledged", ...of(2) });
    expect(asked()).toEqual(["cancel B-000002"]);
  });

  it("waits for the answer to a cancel when a snapshot on a ready link was taken before it", () => {
    const { step, hear, asked, said } = desk(held);
    const command = { kind: "cancel", order: "B-000002", by: "cli", reason: "mine" } as const;
    step({ kind: "command", tsUs: at(1), command });
    asked();
    hear(snapshot([venueOrder(2, { stop: priceTicks(19_160) })], { lots: 3 }));
    expect(said.filter(({ stream }) => stream === "order")).toEqual([]);
    expect(asked()).toEqual([]);
  });

  it("makes room for a smaller stop when a bust leaves less than the stop is for", () => {
    const parts = [...filledFill(1, "X1", 2, "buy"), ...filledFill(1, "X2", 1, "buy")];
    const before = [intent(1), outcome(1, "acknowledged"), ...parts];
    const { hear, asked } = desk([...before, intent(2, protect), outcome(2, "acknowledged")]);
    hear(corrected(1, "X2", 0, "buy"));
    expect(asked()).toEqual(["cancel B-000002"]);
    hear({ kind: "cancelled", ...of(2) });
    expect(asked()).toEqual(["protect B-000003 2"]);
  });

  it("does not wait for lots of an order that were taken back", () => {
    const { hear, holdings, asked } = desk(held);
    hear(execution(2, "X2", 1, "sell"), corrected(2, "X2", 0, "sell"));
    hear(execution(2, "X3", 2, "sell"));
    expect([...(holdings()?.orders.keys() ?? [])]).toEqual(["B-000003"]);
    expect(asked()).toEqual(["protect B-000003 1"]);
  });

  it("ends an order whose bust was heard before its execution, when that tells the size", () => {
    const { hear, holdings, said } = desk([intent(1), outcome(1, "acknowledged")]);
    hear(corrected(1, "X1", 0, "buy"));
    expect(holdings()?.inDoubt.map((one) => one.order)).toEqual(["B-000001"]);
    hear(execution(1, "X1", 3, "buy"));
    expect(holdings()?.orders.size).toBe(0);
    expect(said.at(-1)).toMatchObject({ stream: "order", body: { state: "filled" } });
  });

  it("ends by the venue's word an order of which every execution was corrected away", () => {
    const { hear, holdings } = desk([intent(1), outcome(1, "acknowledged")]);
    const bust = { exec: "X1", revision: 1, order: "B-000001", ref: "V1", symbol: SYMBOL };
    const executions = [{ ...bust, side: "buy" as const, qty: qty(0), price: PRICE, atUs: at() }];
    const done = venueOrder(1, { side: "buy", type: "MKT", filled: qty(3), state: "filled" });
    hear(link("down"), link("syncing"), snapshot([done], { executions }), link("ready"));
    expect(holdings()?.orders.size).toBe(0);
  });

  it("cancels what ended for us and works at the venue, whatever was asked of it before", () => {
    const cancel = {
      action: "cancel",
      order: "B-000002",
      side: null,
      qty: null,
      type: null,
    } as const;
    const asked = intent(3, { ...cancel, stop: null });
    const sold = filledFill(2, "X2", 3, "sell");
    const rig = desk([...held, asked, ...sold]);
    rig.asked();
    rig.hear(link("down"), link("syncing"));
    rig.hear(snapshot([venueOrder(2, { filled: qty(2) })]), link("ready"));
    expect(rig.asked()).toEqual(["cancel B-000002"]);
  });

  it("finds and cancels the child of an entry that ended, of which it never heard", () => {
    const attach = { stop: "4790.00", target: null };
    const { hear, asked, holdings } = desk([intent(1, { attach }), outcome(1, "filled")]);
    const child = venueOrder(1, { order: "B-000001.S", parent: "B-000001" });
    hear(link("down"), link("syncing"), snapshot([child]), link("ready"));
    expect([...(holdings()?.orders.keys() ?? [])]).toEqual(["B-000001.S"]);
    expect(asked()).toEqual(["cancel B-000001.S"]);
  });

  it("knows the child of an entry that ended unseen and was filled after all", () => {
    const attach = { stop: "4790.00", target: null };
    const { hear, asked, holdings } = desk([intent(1, { attach }), outcome(1, "expired")]);
    hear(execution(1, "X1", 3, "buy"));
    expect([...(holdings()?.orders.keys() ?? [])]).toEqual(["B-000001.S"]);
    expect(asked()).toEqual(["cancel B-000001.S"]);
  });
});
