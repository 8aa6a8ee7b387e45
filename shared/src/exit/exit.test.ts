import { priceTicks, qty } from "@believe/shared/base";
import type { Role, WorkingOrder } from "@believe/shared/trade";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ExitAction, type ExitInput, exitActions } from "./actions.ts";
import { exitRules } from "./rules.ts";
import { stopLevel } from "./stop-level.ts";

function order(role: Role, change: Partial<WorkingOrder> = {}): WorkingOrder {
  return {
    order: "B-000001",
    intent: "I-000001",
    strategy: "s",
    symbol: "MESH4",
    role,
    side: "sell",
    qty: qty(1),
    filled: qty(0),
    executions: 0,
    type: role === "stop" ? "STP" : "MKT",
    price: null,
    stop: role === "stop" ? priceTicks(90) : null,
    state: "working",
    reason: "r",
    move: null,
    cancel: null,
    ...change,
  };
}

const input = (change: Partial<ExitInput>): ExitInput => ({
  lots: 1,
  certain: Math.abs(change.lots ?? 1),
  orders: [],
  stop: priceTicks(90),
  level: null,
  leaving: null,
  exitHeld: false,
  protectHeld: false,
  noEntries: null,
  mayClose: true,
  ...change,
});
const kinds = (change: Partial<ExitInput>): string[] =>
  exitActions(input(change)).map((action) => action.kind);

describe("exitActions", () => {
  it("protects exactly what is not protected yet, on the other side of the position", () => {
    expect(exitActions(input({ lots: -3, orders: [order("stop", { side: "buy" })] }))).toEqual([
      { kind: "protect", side: "buy", qty: 2, stop: 90 },
    ]);
    expect(kinds({ orders: [order("stop", { state: "sent" })] })).toEqual([]);
  });

  it("makes room for a stop that fits when one is for more than is held", () => {
    const large = order("stop", { qty: qty(3) });
    expect(exitActions(input({ lots: 2, orders: [large] }))).toEqual([
      { kind: "cancel", order: "B-000001", reason: "stop-too-large" },
    ]);
    const cancel = { intent: "I-000002", refused: false };
    expect(kinds({ lots: 2, orders: [{ ...large, cancel }] })).toEqual([]);
    expect(kinds({ lots: 2, orders: [] })).toEqual(["protect"]);
  });

  it("cancels an exit that a bust has put on the wrong side", () => {
    const exit = order("exit", { side: "buy" });
    expect(kinds({ leaving: "unintended-position", orders: [exit] })).toEqual(["cancel"]);
    expect(kinds({ leaving: "unintended-position", lots: -1, orders: [exit] })).toEqual([]);
  });

  it("cancels first and exits only when the venue has confirmed that nothing else can fill", () => {
    const leaving = "opposite-signal";
    const cancel = { intent: "I-000002", refused: false };
    expect(kinds({ leaving, orders: [order("stop")] })).toEqual(["cancel"]);
    expect(kinds({ leaving, orders: [order("stop", { cancel })] })).toEqual([]);
    expect(kinds({ leaving, orders: [] })).toEqual(["exit"]);
    expect(kinds({ leaving, orders: [order("exit")] })).toEqual([]);
  });

  it("protects again what the venue refused to close, until it is asked anew", () => {
    const held = { leaving: "opposite-signal", exitHeld: true };
    expect(exitActions(input({ ...held, lots: -2 }))).toEqual([
      { kind: "protect", side: "buy", qty: 2, stop: 90 },
    ]);
    expect(kinds({ ...held, orders: [order("stop")] })).toEqual([]);
    expect(kinds({ ...held, orders: [order("entry", { side: "buy" })] })).toEqual([
      "cancel",
      "protect",
    ]);
    expect(kinds({ ...held, protectHeld: true })).toEqual([]);
  });

  it("waits for the venue's word on a stop before it cancels it, and does not repeat a refused cancel", () => {
    const leaving = "time-stop";
    expect(kinds({ leaving, orders: [order("stop", { state: "sent" })] })).toEqual([]);
    const cancel = { intent: "I-000002", refused: true };
    expect(kinds({ leaving, orders: [order("stop", { cancel })] })).toEqual([]);
  });

  it("asks for nothing more once the stop was filled while its cancel was in flight", () => {
    expect(kinds({ leaving: "time-stop", lots: 0, orders: [], stop: null })).toEqual([]);
  });

  it("cancels the rest of an entry that is being left, and orphans of a flat position", () => {
    expect(kinds({ leaving: "x", orders: [order("entry", { side: "buy" })] })).toEqual(["cancel"]);
    expect(kinds({ lots: 0, orders: [order("stop")], stop: null })).toEqual(["cancel"]);
    expect(kinds({ lots: 0, orders: [order("entry", { side: "buy" })], stop: null })).toEqual([]);
  });

  it("moves a stop only towards the market and one move at a time", () => {
    const level = { stop: priceTicks(95), reason: "trailing-stop" };
    const move = { intent: "I-000002", stop: priceTicks(94), reason: "r" };
    expect(kinds({ level, orders: [order("stop")] })).toEqual(["move"]);
    expect(kinds({ level, orders: [order("stop", { stop: priceTicks(95) })] })).toEqual([]);
    expect(kinds({ level, orders: [order("stop", { move })] })).toEqual([]);
  });

  it("never lets a venue of any timing double or flip a position", () => {
    type Live = WorkingOrder & { answer: "ack" | "cancel" | null };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.tuple(fc.nat(5), fc.nat(3)), { maxLength: 60 }),
        (size, script) => {
          let lots = size;
          let minted = 0;
          let leaving: string | null = null;
          const live: Live[] = [];
          const act = (action: ExitAction): void => {
            if (action.kind === "protect" || action.kind === "exit") {
              const role = action.kind === "protect" ? "stop" : "exit";
              const id = `B-${minted++}`;
              live.push({
                ...order(role, { order: id, qty: qty(action.qty), state: "sent" }),
                answer: "ack",
              });
            } else if (action.kind === "cancel") {
              const at = live.find((one) => one.order === action.order);
              if (at)
                Object.assign(at, { cancel: { intent: "I", refused: false }, answer: "cancel" });
            }
          };
          const review = (): void =>
            exitActions(input({ lots, orders: live, leaving })).forEach(act);
          review();
          for (const [what, which] of script) {
            const at = live[which % Math.max(1, live.length)];
            if (what === 0) leaving ??= "time-stop";
            else if (at && what <= 2 && at.answer === "ack")
              Object.assign(at, { state: "working", answer: null });
            else if (at && what <= 3 && at.answer === "cancel") live.splice(live.indexOf(at), 1);
            else if (at && at.state === "working") {
              lots -= at.qty;
              live.splice(live.indexOf(at), 1);
            }
            expect(lots).toBeGreaterThanOrEqual(0);
            review();
            const closing = live.reduce((sum, one) => sum + one.qty, 0);
            expect(closing).toBeLessThanOrEqual(Math.max(lots, 0));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("exitActions in doubt", () => {
  const someOrder = fc
    .record({
      role: fc.constantFrom<Role>("stop", "exit", "entry"),
      state: fc.constantFrom("sent" as const, "working" as const, "unknown" as const),
      lots: fc.integer({ min: 1, max: 4 }),
      isChild: fc.boolean(),
    })
    .map(({ role, state, lots, isChild }) => {
      const parent = isChild && role !== "entry" ? { parent: "B-000009" } : {};
      const side = role === "entry" ? ("buy" as const) : ("sell" as const);
      return order(role, { state, side, qty: qty(lots), ...parent });
    });
  const closes = (one: WorkingOrder): boolean => one.side === "sell" && one.state === "unknown";

  it("never asks to close more than is certain and not in doubt", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.nat(6),
        fc.array(someOrder, { maxLength: 4 }),
        fc.option(fc.constant("time-stop")),
        (lots, known, orders, leaving) => {
          const certain = Math.min(known, lots);
          const doubtful = orders.filter(closes).reduce((sum, one) => sum + one.qty, 0);
          for (const action of exitActions(input({ lots, certain, orders, leaving }))) {
            if (action.kind !== "exit" && action.kind !== "protect") continue;
            expect(action.qty).toBeLessThanOrEqual(certain);
            if (action.kind === "exit") expect(action.qty + doubtful).toBeLessThanOrEqual(certain);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("protects nothing a second time that a stop in doubt may protect", () => {
    expect(kinds({ lots: 2, orders: [order("stop", { state: "unknown", qty: qty(2) })] })).toEqual(
      [],
    );
    expect(exitActions(input({ lots: 3, orders: [order("stop", { state: "unknown" })] }))).toEqual([
      { kind: "protect", side: "sell", qty: 2, stop: 90 },
    ]);
  });

  it("cancels everything and closes nothing under a kill without flattening", () => {
    const orders = [order("stop"), order("exit"), order("entry", { side: "buy" })];
    const change = { orders, leaving: "kill-switch", mayClose: false };
    expect(kinds(change)).toEqual(["cancel", "cancel", "cancel"]);
    expect(kinds({ ...change, orders: [] })).toEqual([]);
  });

  it("takes back the rest of an entry whose first part was closed again", () => {
    const rest = order("entry", { side: "buy", qty: qty(3), filled: qty(1) });
    expect(kinds({ lots: 0, orders: [rest], stop: null })).toEqual(["cancel"]);
  });
});

describe("stopLevel", () => {
  const rules = exitRules.parse({});
  const level = (best: number, close: number, stop = 90): number | null =>
    stopLevel(rules, {
      side: "buy",
      entry: 100,
      firstStop: priceTicks(90),
      stop: priceTicks(stop),
      best,
      close: priceTicks(close),
    })?.stop ?? null;

  it("stays below one R, stands at the entry from one R, trails one R behind from two", () => {
    expect(level(109, 109)).toBeNull();
    expect(level(110, 110)).toBe(100);
    expect(level(119, 119, 100)).toBeNull();
    expect(level(120, 120, 100)).toBe(110);
    expect(level(133, 130, 110)).toBe(123);
  });

  it("never loosens and never reaches the close", () => {
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.integer({ min: 80, max: 160 }),
        fc.integer({ min: 90, max: 150 }),
        (up, close, stop) => {
          const moved = level(100 + up, close, stop);
          if (moved === null) return;
          expect(moved).toBeGreaterThan(stop);
          expect(moved).toBeLessThan(close);
        },
      ),
    );
  });
});
