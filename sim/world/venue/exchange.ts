import {
  type PriceTicks,
  priceTicks,
  qty,
  type Rng,
  SECOND_US,
  type TimeUs,
} from "@believe/shared/base";
import { type Instrument, parsePrice } from "@believe/shared/market";
import type { VenueEvent, VenueExecution } from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";
import type { FaultKind } from "../fault-kinds.ts";
import { Truth, type TruthOrder } from "./truth.ts";

type Intent = Body<"intent">;

export interface ExchangeOptions {
  readonly instrument: Instrument;
  readonly rng: Rng;
  /** Whether this fault is due now; it is over when taken. */
  readonly take: (kind: FaultKind) => boolean;
  readonly say: (word: VenueEvent) => void;
  /** Whether the agent has heard of this execution. */
  readonly isTold: (exec: string) => boolean;
  /** Somebody else's order moved the account's position. */
  readonly moved: () => void;
}

/** Longest time between two parts of a fill. */
const REST_US = 12 * SECOND_US;

/** What the venue calls itself. */
export const VENUE = "world";

/** The venue without its link: takes requests, matches orders with the market, and says what it did. */
export class Exchange {
  readonly truth: Truth;
  readonly #options: ExchangeOptions;
  #nowUs: TimeUs;
  #bid: PriceTicks | null = null;
  #ask: PriceTicks | null = null;

  constructor(options: ExchangeOptions, nowUs: TimeUs) {
    this.#options = options;
    this.#nowUs = nowUs;
    this.truth = new Truth(options.instrument.symbol);
  }

  get bid(): PriceTicks | null {
    return this.#bid;
  }

  /** The market as it stands now; every order that works is matched with it. */
  onMarket(nowUs: TimeUs, bid: PriceTicks, ask: PriceTicks): void {
    this.#nowUs = nowUs;
    this.#bid = bid;
    this.#ask = ask;
    this.match();
  }

  match(): void {
    for (const order of this.truth.open) if (order.state === "working") this.#match(order);
  }

  /** A request has arrived. */
  take(intent: Intent): void {
    switch (intent.action) {
      case "cancel":
      case "move":
        this.#change(intent, intent.action);
        return;
      case "enter":
      case "protect":
      case "exit":
        this.#accept(intent);
    }
  }

  /** Somebody else's order in this account; it fills at once if `fills`. */
  byHand(fills: boolean): void {
    const side = this.#options.rng.below(2) === 0 ? "buy" : "sell";
    const price = side === "buy" ? this.#ask : this.#bid;
    if (price === null) return;
    const { symbol } = this.#options.instrument;
    const type = fills ? "MKT" : "LMT";
    const order = this.truth.add({ order: null, symbol, side, type, price, stop: null, qty: 1 });
    if (fills) {
      this.truth.execute(order, 1, price, this.#nowUs);
      this.#options.moved();
      return;
    }
    const { order: _none, restUs: _rest, ...rest } = order;
    this.#options.say({
      kind: "foreign",
      tsUs: this.#nowUs,
      order: { ...rest, order: null, qty: qty(1), filled: qty(0), state: "working" },
    });
  }

  /** Takes back or changes an execution of ours; false when there is none. */
  revise(bust: boolean): boolean {
    const chosen = this.#anExecution();
    if (chosen === undefined || chosen.qty === 0 || !this.#mayRevise(chosen)) return false;
    const price = priceTicks(chosen.price + 1);
    const revised = this.truth.revise(chosen.exec, { qty: bust ? qty(0) : chosen.qty, price });
    if (revised === null || revised.order === null) return false;
    const { atUs: _at, ref: _ref, order, ...rest } = revised;
    this.#options.say({ kind: "correction", tsUs: this.#nowUs, venue: VENUE, ...rest, order });
    return true;
  }

  /** An execution that is a part of its order is corrected only after it was told: see docs/simulation.md. */
  #mayRevise({ exec, order, qty: size }: VenueExecution): boolean {
    const whole = order === null ? undefined : this.truth.ours(order)?.qty;
    return size === whole || this.#options.isTold(exec);
  }

  /** Tells an execution once more, as it was first told. */
  again(): boolean {
    const chosen = this.#anExecution();
    if (chosen === undefined || chosen.order === null || chosen.revision > 0) return false;
    const { atUs: _at, ref: _ref, revision: _none, order, ...rest } = chosen;
    this.#options.say({ kind: "execution", tsUs: this.#nowUs, venue: VENUE, ...rest, order });
    return true;
  }

  /** One of the newest executions of ours. */
  #anExecution() {
    const ours = [...this.truth.executions.values()]
      .slice(-6)
      .filter(({ order }) => order !== null);
    return ours[this.#options.rng.below(Math.max(1, ours.length))];
  }

  #word(order: TruthOrder, kind: "acknowledged" | "cancelled"): void {
    if (order.order === null) return;
    this.#options.say({ kind, tsUs: this.#nowUs, order: order.order, symbol: order.symbol });
  }

  #change(intent: Intent, request: "cancel" | "move"): void {
    const { order: id, symbol } = intent;
    const { instrument, say } = this.#options;
    const order = this.truth.ours(id);
    const tsUs = this.#nowUs;
    if (order?.state !== "working" && order?.state !== "held") {
      const reason = order === undefined ? "not-at-venue" : "too-late";
      say({ kind: "cancel-rejected", tsUs, order: id, symbol, request, reason });
      return;
    }
    if (request === "cancel") {
      this.truth.set(order, "cancelled");
      this.#word(order, "cancelled");
      this.#endChildren(order);
      return;
    }
    if (intent.stop !== null) order.stop = parsePrice(instrument, intent.stop);
    const { stop, price } = order;
    say({ kind: "moved", tsUs, order: id, symbol, stop, price });
  }

  #accept(intent: Intent): void {
    const { instrument, take, say } = this.#options;
    const { order: id, symbol, side, type, qty: size } = intent;
    if (side === null || type === null || size === null) return;
    const isKnown = this.truth.ours(id) !== undefined;
    const at = (text: string | null): PriceTicks | null =>
      text === null ? null : parsePrice(instrument, text);
    const stop = type === "STP" ? at(intent.stop) : null;
    const given = { order: id, symbol, side, type, price: at(intent.price), stop, qty: size };
    if (isKnown || take("reject")) {
      const reason = isKnown ? "duplicate-order" : "by-venue";
      say({ kind: "rejected", tsUs: this.#nowUs, order: id, symbol, reason });
      if (!isKnown) this.truth.add({ ...given, state: "rejected" });
      return;
    }
    const order = this.truth.add(given);
    const attached = intent.attach?.stop ?? null;
    if (attached !== null) this.#attach(order, at(attached));
    const fillsFirst = take("fill-first");
    if (fillsFirst) this.#match(order);
    this.#word(order, "acknowledged");
    if (!fillsFirst) this.#match(order);
  }

  #attach({ order: parent, symbol, side }: TruthOrder, stop: PriceTicks | null): void {
    this.truth.add({
      order: `${parent}.S`,
      symbol,
      side: side === "buy" ? "sell" : "buy",
      type: "STP",
      price: null,
      stop,
      qty: 0,
      parent,
      state: "held",
    });
  }

  /** Where an order would be filled now, null where it would not. */
  #fillPrice({ side, type, stop, price }: TruthOrder): PriceTicks | null {
    const [bid, ask] = [this.#bid, this.#ask];
    if (bid === null || ask === null) return null;
    const isBuy = side === "buy";
    const far = isBuy ? ask : bid;
    if (type === "STP") {
      return stop !== null && (isBuy ? ask >= stop : bid <= stop) ? far : null;
    }
    if (type !== "LMT") return far;
    return price !== null && (isBuy ? ask <= price : bid >= price) ? far : null;
  }

  #match(order: TruthOrder): void {
    const far = order.state === "working" ? this.#fillPrice(order) : null;
    const left = order.qty - order.filled;
    if (far === null || left <= 0 || this.#nowUs < order.restUs) return;
    const { take, rng, say, moved } = this.#options;
    const isPart = left > 1 && take("partial-fill");
    const size = isPart ? 1 + rng.below(left - 1) : left;
    if (isPart) order.restUs = this.#nowUs + rng.below(REST_US);
    const done = this.truth.execute(order, size, far, this.#nowUs);
    this.#growChildren(order);
    if (order.order === null) {
      moved();
      return;
    }
    const { atUs: _at, ref: _ref, revision: _none, ...rest } = done;
    say({ kind: "execution", tsUs: this.#nowUs, venue: VENUE, ...rest, order: order.order });
  }

  #childrenOf({ order }: TruthOrder): TruthOrder[] {
    return order === null ? [] : [...this.truth.open].filter(({ parent }) => parent === order);
  }

  /** Children work from the first fill on and are as large as what was filled. */
  #growChildren(parent: TruthOrder): void {
    for (const child of this.#childrenOf(parent)) {
      const isFirst = child.state === "held";
      child.qty = parent.filled;
      this.truth.set(child, "working");
      if (isFirst) this.#word(child, "acknowledged");
      if (parent.state === "filled" && child.filled >= child.qty) this.truth.set(child, "filled");
    }
  }

  #endChildren(parent: TruthOrder): void {
    for (const child of this.#childrenOf(parent)) {
      if (child.filled < child.qty) continue;
      if (child.filled > 0) {
        this.truth.set(child, "filled");
        continue;
      }
      this.truth.set(child, "cancelled");
      this.#word(child, "cancelled");
    }
  }
}
