import type { Execution, TradeCapabilities, VenueEvent } from "@believe/shared/trade";
import { expect } from "vitest";
import { cancelOf, decimal, intent, moveOf, type TradeRig } from "./trade-rig.ts";

const ORDER = "B-000001";

/** One sentence that every provider keeps, or a venue that it does not apply to. */
export interface TradeRow {
  readonly says: string;
  readonly applies: (venue: TradeCapabilities) => boolean;
  readonly run: (rig: TradeRig) => void;
}

/** What was said of an order, in one word each. */
function kinds(words: readonly VenueEvent[], order = ORDER): string[] {
  return words.flatMap((word) => ("order" in word && word.order === order ? [word.kind] : []));
}

function executions(words: readonly VenueEvent[], order = ORDER): Execution[] {
  return words.filter((word) => word.kind === "execution").filter((word) => word.order === order);
}

/** Lots of the distinct executions of an order. */
function lots(words: readonly VenueEvent[], order = ORDER): number {
  const distinct = new Map(executions(words, order).map((word) => [word.exec, word.qty]));
  return [...distinct.values()].reduce((sum, size) => sum + size, 0);
}

function links(words: readonly VenueEvent[]): string[] {
  return words.flatMap((word) => (word.kind === "link" ? [word.state] : []));
}

function rests(rig: TradeRig): void {
  rig.quote(100, 101, 9);
  rig.submit(intent({}));
  expect(kinds(rig.hear())).toEqual(["acknowledged"]);
  expect(rig.working()).toBe(1);
}

const always = (): boolean => true;

export const tradeRows: readonly TradeRow[] = [
  {
    says: "acknowledges an order once, and it rests",
    applies: always,
    run: rests,
  },
  {
    says: "says once that an order is refused, and nothing of it is at the venue",
    applies: always,
    run(rig) {
      rig.quote(100, 101, 9);
      rig.submit(intent({ qty: 101 }));
      const words = kinds(rig.hear());
      expect(words).toHaveLength(1);
      expect(["rejected", "absent"]).toContain(words[0]);
      expect(rig.working()).toBe(0);
    },
  },
  {
    says: "tells an execution once, at the venue's price and size",
    applies: always,
    run(rig) {
      rests(rig);
      rig.quote(88, 89, 9);
      const words = rig.hear();
      expect(kinds(words)).toEqual(["execution"]);
      expect(executions(words)).toMatchObject([{ side: "buy", qty: 1, price: 90 }]);
      rig.quote(88, 89, 9);
      expect(kinds(rig.hear())).toEqual([]);
      expect(rig.working()).toBe(0);
    },
  },
  {
    says: "tells each part of an order under its own name",
    applies: ({ partialFills }) => partialFills,
    run(rig) {
      rig.quote(100, 101, 9);
      rig.submit(intent({ qty: 3 }));
      rig.hear();
      rig.quote(88, 89, 1);
      const first = rig.hear();
      expect(lots(first)).toBe(1);
      rig.quote(88, 89, 2);
      const all = [...first, ...rig.hear()];
      expect(executions(all)).toHaveLength(2);
      expect(lots(all)).toBe(3);
    },
  },
  {
    says: "takes an order back",
    applies: ({ cancels }) => cancels,
    run(rig) {
      rests(rig);
      rig.submit(cancelOf(ORDER));
      expect(kinds(rig.hear())).toEqual(["cancelled"]);
      expect(rig.working()).toBe(0);
    },
  },
  {
    says: "says that a cancel came too late, and the execution stands",
    applies: ({ cancels }) => cancels,
    run(rig) {
      rests(rig);
      rig.quote(88, 89, 9);
      rig.submit(cancelOf(ORDER));
      expect(kinds(rig.hear()).sort()).toEqual(["cancel-rejected", "execution"]);
    },
  },
  {
    says: "moves an order to another price",
    applies: ({ modifies }) => modifies,
    run(rig) {
      rests(rig);
      rig.submit(moveOf(ORDER, 80));
      const words = rig.hear();
      expect(words).toMatchObject([{ kind: "moved", order: ORDER, price: 80 }]);
      rig.quote(88, 89, 9);
      expect(kinds(rig.hear())).toEqual([]);
      rig.quote(78, 79, 9);
      expect(executions(rig.hear())).toMatchObject([{ price: 80 }]);
    },
  },
  {
    says: "answers a cancel of an order that the venue does not know",
    applies: ({ cancels }) => cancels,
    run(rig) {
      rig.submit(cancelOf("B-000099"));
      expect(kinds(rig.hear(), "B-000099")).toEqual(["cancel-rejected"]);
    },
  },
  {
    says: "never sends an order after its deadline, and says so",
    applies: always,
    run(rig) {
      rig.quote(100, 101, 9);
      rig.submit(intent({ expiresUs: rig.nowUs + 1 }));
      const words = kinds(rig.hear());
      expect(words).toHaveLength(1);
      expect(["rejected", "absent"]).toContain(words[0]);
      rig.quote(80, 81, 9);
      expect(lots(rig.hear(5_000))).toBe(0);
    },
  },
  {
    says: "does not count what the venue tells twice",
    applies: ({ keepsOrders }) => keepsOrders,
    run(rig) {
      rests(rig);
      rig.repeat();
      rig.quote(88, 89, 9);
      const words = rig.hear();
      rig.repeat();
      const all = [...words, ...rig.hear(15_000)];
      expect(kinds(all)).toEqual(["execution"]);
    },
  },
  {
    says: "takes the link down in silence, and is ready only after a snapshot that lists what rests",
    applies: ({ keepsOrders }) => keepsOrders,
    run(rig) {
      rests(rig);
      rig.dropLink();
      expect(links(rig.hear(10_000))).toEqual(["down"]);
      rig.submit(intent({ order: "B-000002" }));
      expect(kinds(rig.hear(), "B-000002")).toEqual(["absent"]);
      rig.quote(88, 89, 9);
      rig.mendLink();
      const words = rig.hear(20_000);
      const order = words.map((word) => (word.kind === "link" ? word.state : word.kind));
      expect(order.indexOf("snapshot")).toBeGreaterThan(-1);
      expect(order.indexOf("ready")).toBeGreaterThan(order.indexOf("snapshot"));
      expect(order.filter((kind) => kind === "ready")).toHaveLength(1);
      const snapshot = words.findLast((word) => word.kind === "snapshot");
      expect(snapshot?.snapshot.executions).toMatchObject([{ order: ORDER, qty: 1 }]);
      expect(snapshot?.snapshot.positions).toMatchObject([{ lots: 1 }]);
      expect(snapshot?.snapshot.definite).toBe(true);
    },
  },
  {
    says: "leaves an order in flight at a drop to the snapshot and never sends it again",
    applies: ({ keepsOrders }) => keepsOrders,
    run(rig) {
      rig.quote(100, 101, 9);
      rig.hear();
      rig.dropLink();
      rig.submit(intent({}));
      const down = rig.hear(10_000);
      expect(links(down)).toEqual(["down"]);
      expect(kinds(down)).toEqual([]);
      rig.mendLink();
      const words = rig.hear(20_000);
      expect(kinds(words)).toEqual(["absent"]);
      expect(rig.working()).toBe(0);
    },
  },
  {
    says: "has the stop of an entry rest at the venue, from its first fill on",
    applies: ({ attaches }) => attaches.stop,
    run(rig) {
      rig.quote(100, 101, 9);
      const attach = { stop: decimal(95), target: null };
      rig.submit(intent({ action: "enter", type: "MKT", price: null, qty: 2, attach }));
      const asked = rig.hear();
      expect(kinds(asked, `${ORDER}.S`)).toEqual(["acknowledged"]);
      rig.quote(100, 101, 9);
      rig.quote(96, 97, 9);
      expect(lots(rig.hear())).toBe(2);
      rig.quote(94, 95, 9);
      const words = rig.hear();
      expect(executions(words, `${ORDER}.S`)).toMatchObject([{ side: "sell", qty: 2 }]);
      expect(rig.working()).toBe(0);
    },
  },
  {
    says: "lets one filled child cancel the other",
    applies: ({ attaches, oca }) => attaches.stop && attaches.target && oca,
    run(rig) {
      rig.quote(100, 101, 9);
      const attach = { stop: decimal(95), target: decimal(110) };
      rig.submit(intent({ action: "enter", type: "MKT", price: null, attach }));
      rig.hear();
      rig.quote(100, 101, 9);
      rig.hear();
      rig.quote(111, 112, 9);
      const words = rig.hear();
      expect(lots(words, `${ORDER}.T`)).toBe(1);
      expect(kinds(words, `${ORDER}.S`)).toEqual(["cancelled"]);
      rig.quote(90, 91, 9);
      expect(lots(rig.hear(), `${ORDER}.S`)).toBe(0);
    },
  },
  {
    says: "takes the children of an entry back with it",
    applies: ({ attaches }) => attaches.stop,
    run(rig) {
      rig.quote(100, 101, 9);
      const attach = { stop: decimal(80), target: null };
      rig.submit(intent({ action: "enter", attach }));
      rig.hear();
      rig.submit(cancelOf(ORDER));
      expect(kinds(rig.hear(), `${ORDER}.S`)).toEqual(["cancelled"]);
      expect(rig.working()).toBe(0);
    },
  },
  {
    says: "shows an order of somebody else and what it did to the position",
    applies: ({ sharesAccount }) => sharesAccount,
    run(rig) {
      rig.quote(100, 101, 9);
      rig.foreign();
      const words = rig.hear();
      const foreign = words.filter((word) => word.kind === "foreign");
      expect(foreign).toMatchObject([{ order: { order: null, state: "working", qty: 1 } }]);
      rig.quote(88, 89, 9);
      const later = rig.hear(5_000);
      expect(later.some((word) => word.kind === "execution")).toBe(false);
      const snapshot = later.findLast((word) => word.kind === "snapshot");
      expect(snapshot?.snapshot.positions).toMatchObject([{ lots: 1 }]);
      expect(links(later)).toEqual(["syncing", "ready"]);
    },
  },
  {
    says: "goes on with resting orders after a restart, and no execution is lost or told anew",
    applies: always,
    run(rig) {
      rests(rig);
      rig.submit(intent({ order: "B-000002", price: decimal(80) }));
      rig.hear();
      rig.quote(88, 89, 9);
      const before = rig.hear();
      rig.restart();
      const woken = rig.hear(5_000);
      rig.quote(78, 79, 9);
      const after = rig.hear();
      expect([lots(before), lots([...woken, ...after])]).toEqual([1, 0]);
      expect(executions(after, "B-000002")).toMatchObject([{ qty: 1, price: 80 }]);
      expect(rig.working()).toBe(0);
    },
  },
];
