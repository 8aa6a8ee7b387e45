import { qty } from "@believe/shared/base";
import { type Instrument, parsePrice } from "@believe/shared/market";
import type { Body } from "@believe/shared/wire";
import { TradeFailure } from "./failure.ts";
import {
  childrenOf,
  type EndedOrder,
  type OrderEnd,
  parentOf,
  roleOf,
  type WorkingOrder,
  workingOrderOf,
} from "./order.ts";

/** Our orders, each in its state, as records move them; ended ones are remembered, since a venue may speak late. */
export class Orders {
  readonly #instrument: Instrument;
  readonly #live = new Map<string, WorkingOrder>();
  readonly #ended = new Map<string, EndedOrder>();
  readonly #unanswered: Map<string, Body<"intent">>;

  constructor(
    instrument: Instrument,
    state: {
      readonly orders: readonly WorkingOrder[];
      readonly ended: readonly EndedOrder[];
      readonly unanswered: readonly Body<"intent">[];
    },
  ) {
    this.#instrument = instrument;
    for (const order of state.orders) this.#live.set(order.order, { ...order });
    for (const { order, ...rest } of state.ended) {
      this.#ended.set(order.order, { ...rest, order: { ...order } });
    }
    this.#unanswered = new Map(state.unanswered.map((intent) => [intent.intent, intent]));
  }

  get live(): ReadonlyMap<string, WorkingOrder> {
    return this.#live;
  }

  get ended(): ReadonlyMap<string, EndedOrder> {
    return this.#ended;
  }

  get unanswered(): ReadonlyMap<string, Body<"intent">> {
    return this.#unanswered;
  }

  /** An order of ours, alive or ended; null for one that we never asked for or have forgotten. */
  find(id: string): WorkingOrder | null {
    return this.#live.get(id) ?? this.#ended.get(id)?.order ?? null;
  }

  isOurs(id: string): boolean {
    const parent = parentOf(id);
    return this.find(id) !== null || (parent !== null && this.find(parent)?.attach !== undefined);
  }

  /** The intent of the oldest unanswered request of that kind; one of an order in doubt is unanswered still. */
  asking(id: string, action: "move" | "cancel"): string | null {
    for (const body of this.#unanswered.values()) {
      if (body.order === id && body.action === action) return body.intent;
    }
    const live = this.#live.get(id);
    if (action === "move") return live?.move?.intent ?? null;
    return live?.cancel?.refused === false ? live.cancel.intent : null;
  }

  /** As `find`. Throws `TradeFailure` where there is none. */
  get(id: string): WorkingOrder {
    const order = this.find(id);
    if (!order) {
      throw new TradeFailure("inconsistent", `expected a record of an order of ours, was ${id}`);
    }
    return order;
  }

  intend(body: Body<"intent">): void {
    this.#unanswered.set(body.intent, body);
    switch (body.action) {
      case "enter":
      case "protect":
      case "exit":
        this.#live.set(body.order, workingOrderOf(this.#instrument, body, roleOf(body.action)));
        return;
      case "cancel":
        this.get(body.order).cancel = { intent: body.intent, refused: false };
        return;
      case "move":
        if (body.stop !== null) {
          const stop = parsePrice(this.#instrument, body.stop);
          this.get(body.order).move = { intent: body.intent, stop, reason: body.reason };
        }
    }
  }

  outcome(body: Body<"order">): void {
    const answers = this.#unanswered.delete(body.intent);
    const order = this.#live.get(body.order);
    if (!order) {
      if (body.state === "acknowledged" && this.#bearAlone(body.order)) return;
      // A move or a cancel may be answered after the fill that it came too late for.
      if (!answers) this.get(body.order);
      return;
    }
    switch (body.state) {
      case "acknowledged":
        this.#works(order);
        return;
      case "unknown":
        order.state = "unknown";
        for (const asked of [order.move, order.cancel]) {
          if (asked) this.#unanswered.delete(asked.intent);
        }
        return;
      case "moved":
        if (order.move) {
          order.stop = order.move.stop;
          order.reason = order.move.reason;
          order.move = null;
        }
        return;
      case "cancelled":
      case "filled":
        this.#end(order, body.state, body.atUs);
        return;
      case "rejected":
      case "expired":
        this.#refused(order, body, body.state);
    }
  }

  #refused(order: WorkingOrder, body: Body<"order">, state: "rejected" | "expired"): void {
    if (order.move?.intent === body.intent) order.move = null;
    else if (order.cancel?.intent === body.intent) {
      // A refused cancel is not repeated: the execution that beat it is on its way.
      order.cancel = state === "expired" ? null : { ...order.cancel, refused: true };
    } else if (body.intent === order.intent) this.#end(order, state, body.atUs);
  }

  /** The venue has the order: its children rest beside it from now on. */
  #works(order: WorkingOrder): void {
    order.state = "working";
    this.#bear(order);
  }

  /** A child works of an entry that ended before we knew of it; says whether that is so. */
  #bearAlone(id: string): boolean {
    const parent = parentOf(id);
    const entry = parent === null ? undefined : this.#ended.get(parent)?.order;
    if (!entry?.attach || this.find(id) !== null) return false;
    this.#bear(entry);
    return true;
  }

  #bear(order: WorkingOrder): void {
    for (const child of childrenOf(order)) {
      if (this.find(child.order) === null) this.#live.set(child.order, child);
    }
  }

  /** A person wants this order gone; of one that is not alive nothing is kept. */
  unwant(id: string): void {
    const order = this.#live.get(id);
    if (order) order.unwanted = true;
  }

  executed(id: string, lots: number): void {
    const order = this.get(id);
    order.executions++;
    if (this.#live.has(id)) {
      this.#unanswered.delete(order.intent);
      this.#works(order);
    }
    // An entry that ended unseen for us and was filled after all has its children at the venue.
    else this.#bear(order);
    this.refill(id, lots);
  }

  /** Counts `lots` more as filled and sizes the children by it. */
  refill(id: string, lots: number): void {
    // An order may be forgotten while an execution of it can still be corrected.
    const order = this.find(id);
    if (!order) return;
    // Two corrections of one execution may name more lots than it had; of a child the size may not be known yet.
    const most = order.parent === undefined ? order.qty : Number.MAX_SAFE_INTEGER;
    order.filled = qty(Math.min(most, order.filled + lots));
    this.#size(order.parent === undefined ? order : this.get(order.parent));
  }

  #size(entry: WorkingOrder): void {
    const children = childrenOf(entry).flatMap((child) => this.find(child.order) ?? []);
    for (const child of children) {
      const sibling = children.find((one) => one !== child);
      child.qty = qty(Math.max(0, entry.filled - (sibling?.filled ?? 0)));
    }
  }

  #end(order: WorkingOrder, end: OrderEnd, atUs: number): void {
    this.#live.delete(order.order);
    this.#ended.set(order.order, { order, end, atUs });
    this.#unanswered.delete(order.intent);
    for (const { order: name } of childrenOf(order)) {
      const child = this.#live.get(name);
      // Children leave with an entry that filled nothing; what they were to close is closed already otherwise.
      if (child && child.filled >= child.qty) {
        this.#end(child, child.filled > 0 ? "filled" : "cancelled", atUs);
      }
    }
  }

  /** Whether every lot of a live order is filled: an attached child only when its entry can fill no more. */
  isDone(id: string): boolean {
    const order = this.#live.get(id);
    if (!order || order.filled < order.qty) return false;
    return order.parent === undefined || !this.#live.has(order.parent);
  }

  state(): { orders: WorkingOrder[]; ended: EndedOrder[]; unanswered: Body<"intent">[] } {
    return {
      orders: [...this.#live.values()].map((order) => ({ ...order })),
      ended: [...this.#ended.values()].map(({ order, ...rest }) => ({
        order: { ...order },
        ...rest,
      })),
      unanswered: [...this.#unanswered.values()],
    };
  }

  /** Forgets what ended before `atUs`, but for an entry whose children are alive. */
  forget(atUs: number): void {
    const parents = new Set([...this.#live.values()].map(({ parent }) => parent));
    for (const [id, { atUs: endedUs }] of this.#ended) {
      if (endedUs < atUs && !parents.has(id)) this.#ended.delete(id);
    }
  }
}
