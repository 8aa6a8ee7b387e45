import { type PriceTicks, type TimeUs, timeUs } from "@believe/shared/base";
import {
  instrumentOf,
  priceDecimal,
  type Side,
  type TimedMarketEvent,
} from "@believe/shared/market";
import { createPaperVenue, type PaperVenue } from "@believe/shared/match";
import { opposite, signOf, type VenueEvent } from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";

export type VenueType = "MKT" | "LMT" | "STP";

/** An order as Sierra holds it. */
export interface HeldOrder {
  /** Sierra's internal order id. */
  readonly id: number;
  /** The client order id in its TextTag; null for an order of somebody else. */
  readonly tag: string | null;
  readonly side: Side;
  readonly type: VenueType;
  qty: number;
  filled: number;
  price: PriceTicks | null;
  /** waiting: a child whose entry has no fill yet. */
  state: "waiting" | "working" | "filled" | "cancelled" | "rejected";
  readonly parent: HeldOrder | null;
  reason: string | null;
}

export interface HeldFill {
  readonly exec: string;
  readonly order: HeldOrder;
  readonly qty: number;
  readonly price: PriceTicks;
  readonly filledTotal: number;
  readonly positionAfter: number;
  readonly atUs: TimeUs;
}

/** What happened, in its order; `order` is as it stood then. */
export type VenueChange =
  | { readonly kind: "ACK" | "CANCEL" | "MODIFY" | "REJECT"; readonly order: HeldOrder }
  | { readonly kind: "FILL"; readonly order: HeldOrder; readonly fill: HeldFill };

export interface Placing {
  readonly tag: string | null;
  readonly side: Side;
  readonly type: VenueType;
  readonly qty: number;
  readonly price: PriceTicks | null;
  /** Prices of attached children. */
  readonly stop: PriceTicks | null;
  readonly target: PriceTicks | null;
}

const BOOKED = {
  action: "exit",
  strategy: "venue",
  reason: "placed",
  price: null,
  stop: null,
} as const;

/**
 * What Sierra and the exchange behind it hold for one symbol: orders, fills and the position live on here whatever
 * becomes of the study. The paper venue matches; children of an entry rest beside it, sized to what it has filled.
 */
export class TradeVenue {
  readonly symbol: string;
  readonly orders: HeldOrder[] = [];
  readonly fills: HeldFill[] = [];
  readonly changes: VenueChange[] = [];
  position = 0;
  readonly #matching: PaperVenue;
  /** Which order an order at the matching stands for. */
  readonly #matched = new Map<string, HeldOrder>();
  #submitted = 0;
  #nowUs = timeUs(0);

  constructor(symbol: string) {
    this.symbol = symbol;
    this.#matching = createPaperVenue({
      instruments: [instrumentOf(symbol)],
      latencyUs: 0,
      slippageTicks: 0,
      partialFills: true,
      qtyMax: 1_000,
      seed: "sierra",
      name: "sierra",
    });
  }

  /** Orders of that tag; more than one would be an order sent twice. */
  tagged(tag: string): HeldOrder[] {
    return this.orders.filter((order) => order.tag === tag);
  }

  market(event: TimedMarketEvent): void {
    this.#nowUs = event.tsUs;
    for (const word of this.#matching.onMarket(event)) this.#hear(word);
  }

  place(placing: Placing): HeldOrder {
    const order = this.#hold(placing, null);
    const children = [
      { suffix: "S", type: "STP", price: placing.stop } as const,
      { suffix: "T", type: "LMT", price: placing.target } as const,
    ].filter(({ price }) => price !== null);
    this.#change("ACK", order);
    for (const { suffix, type, price } of children) {
      const tag = placing.tag === null ? null : `${placing.tag}.${suffix}`;
      const side = opposite(placing.side);
      this.#change("ACK", this.#hold({ ...placing, tag, side, type, price }, order));
    }
    this.#work(order, order.qty);
    return order;
  }

  /** False when it is done already. */
  cancel(order: HeldOrder): boolean {
    if (order.state !== "working" && order.state !== "waiting") return false;
    this.#take(order);
    order.state = "cancelled";
    this.#change("CANCEL", order);
    const { parent } = order;
    if (parent === null) this.#size(order);
    return true;
  }

  /** False when it is done already, or would be smaller than what is done. A qty of 0 leaves the size. */
  modify(order: HeldOrder, price: PriceTicks | null, lots: number): boolean {
    const isLive = order.state === "working" || order.state === "waiting";
    if (!isLive || (lots > 0 && lots <= order.filled)) return false;
    order.price = price ?? order.price;
    if (lots > 0) order.qty = lots;
    if (order.state === "working") this.#work(order, order.qty - order.filled);
    this.#change("MODIFY", order);
    return true;
  }

  /** The exchange refuses an order that rested. */
  reject(order: HeldOrder, reason: string): void {
    this.#take(order);
    order.state = "rejected";
    order.reason = reason;
    this.#change("REJECT", order);
    if (order.parent === null) this.#size(order);
  }

  #hold(placing: Placing, parent: HeldOrder | null): HeldOrder {
    const { tag, side, type, price } = placing;
    const order: HeldOrder = {
      id: 1001 + this.orders.length,
      tag,
      side,
      type,
      qty: placing.qty,
      filled: 0,
      price,
      state: parent === null ? "working" : "waiting",
      parent,
      reason: null,
    };
    this.orders.push(order);
    return order;
  }

  #change(kind: "ACK" | "CANCEL" | "MODIFY" | "REJECT", order: HeldOrder): void {
    this.changes.push({ kind, order: { ...order } });
  }

  /** Puts `lots` of an order to the matching, in place of what it has there. */
  #work(order: HeldOrder, lots: number): void {
    this.#take(order);
    if (lots === 0) return;
    const key = `X${order.id}-${++this.#submitted}`;
    this.#matched.set(key, order);
    const price =
      order.price === null ? null : priceDecimal(instrumentOf(this.symbol), order.price);
    this.#submit({
      ...BOOKED,
      intent: key,
      order: key,
      symbol: this.symbol,
      atUs: this.#nowUs,
      side: order.side,
      qty: lots,
      type: order.type,
      ...(order.type === "STP" ? { stop: price } : { price }),
    });
  }

  #take(order: HeldOrder): void {
    for (const [key, held] of this.#matched) {
      if (held !== order) continue;
      this.#matched.delete(key);
      const none = { side: null, qty: null, type: null };
      const of = { intent: `${key}-off`, order: key, symbol: this.symbol, atUs: this.#nowUs };
      this.#submit({ ...BOOKED, ...none, ...of, action: "cancel" });
    }
  }

  #submit(intent: Body<"intent">): void {
    this.#matching.submit(intent, this.#nowUs);
    for (let word = this.#matching.due(this.#nowUs); word; word = this.#matching.due(this.#nowUs)) {
      this.#hear(word);
    }
  }

  #hear(word: VenueEvent): void {
    if (word.kind !== "execution") return;
    const order = this.#matched.get(word.order);
    // The first child that filled took the other away within one event.
    if (order === undefined) return;
    order.filled += word.qty;
    this.position += signOf(order.side) * word.qty;
    if (order.parent === null && order.filled >= order.qty) order.state = "filled";
    const held = { ...order };
    const fill: HeldFill = {
      exec: word.exec,
      order: held,
      qty: word.qty,
      price: word.price,
      filledTotal: order.filled,
      positionAfter: this.position,
      atUs: word.tsUs,
    };
    this.fills.push(fill);
    this.changes.push({ kind: "FILL", order: held, fill });
    this.#size(order.parent ?? order);
  }

  /** Children are as large as what their entry holds; when it holds nothing and never will, they are gone. */
  #size(entry: HeldOrder): void {
    const children = this.orders.filter(({ parent }) => parent === entry);
    const held = entry.filled - children.reduce((sum, child) => sum + child.filled, 0);
    const isOver = held === 0 && entry.state !== "working";
    for (const child of children) {
      if (child.state !== "waiting" && child.state !== "working") continue;
      if (isOver) {
        this.#take(child);
        child.state = child.filled > 0 ? "filled" : "cancelled";
        if (child.state === "filled") child.qty = child.filled;
        else this.#change("CANCEL", child);
        continue;
      }
      if (held === 0) continue;
      const size = child.filled + held;
      const isNew = child.state === "waiting" || child.qty !== size;
      child.state = "working";
      child.qty = size;
      this.#work(child, held);
      if (isNew) this.#change("MODIFY", child);
    }
  }
}
