import { parsePrice } from "@believe/shared/market";
import { type GuardView, type Limits, type OrderDraft, orderBlocks } from "@believe/shared/risk";
import type { Body } from "@believe/shared/wire";
import type { Records } from "./records.ts";

/** What can be seen of the market. */
export type MarketSight = Pick<GuardView, "bid" | "ask" | "fresh">;

/** An order that guards stopped. */
export interface Stopped {
  readonly role: OrderDraft["role"];
  readonly reasons: readonly string[];
}

const ROLES = { enter: "entry", protect: "stop", exit: "exit", move: "move" } as const;

/** Where every order passes the guards before it is written down. */
export class OrderGate {
  readonly #records: Records;
  readonly #limits: Limits;
  readonly #sight: () => MarketSight;

  constructor(records: Records, limits: Limits, sight: () => MarketSight) {
    this.#records = records;
    this.#limits = limits;
    this.#sight = sight;
  }

  /** Reason codes of every guard that stops this order now. */
  stops(draft: OrderDraft): string[] {
    const { holdings, nowUs } = this.#records;
    const { net, asked, orders } = holdings;
    const view = { ...this.#sight(), nowUs, lots: net, openOrders: orders.size, asked };
    return orderBlocks(draft, view, this.#limits);
  }

  /** What stops an intent; null when it may be written down. Nothing stops a cancel, nor a move of what is gone. */
  check(intent: Body<"intent">): Stopped | null {
    const { action } = intent;
    if (action === "cancel") return null;
    const { holdings, instrument } = this.#records;
    const moved = action === "move" ? holdings.orderOf(intent.order) : null;
    const side = intent.side ?? moved?.side;
    const qty = intent.qty ?? moved?.qty;
    if (side === undefined || qty === undefined) return null;
    const [price, stop] = [intent.price, intent.stop].map((text) =>
      text === null ? null : parsePrice(instrument, text),
    );
    const role = ROLES[action];
    const reasons = this.stops({ role, side, qty, price: price ?? null, stop: stop ?? null });
    return reasons.length === 0 ? null : { role, reasons };
  }
}
