import { invariant, type PriceTicks, type Sha256, type TimeUs } from "@believe/shared/base";
import { type ExitAction, exitActions, type StopLevel } from "@believe/shared/exit";
import { type Instrument, instrumentOf, priceDecimal, type Side } from "@believe/shared/market";
import {
  type Execution,
  Holdings,
  type OrderWord,
  type VenueEvent,
  type WatchEvent,
} from "@believe/shared/trade";
import type { Body, Command, Draft } from "@believe/shared/wire";
import { DecisionChain } from "./decision-chain.ts";
import type { ResumeState } from "./resume-state.ts";

/** Where the effects of a step go. A draft counts only when the host has made it durable. */
export interface Sink {
  emit(draft: Draft): void;
}

type Wish = Pick<Body<"intent">, "order" | "action" | "reason"> &
  Partial<Pick<Body<"intent">, "side" | "qty" | "type" | "stop">>;

function numbered(prefix: string, n: number): string {
  return `${prefix}-${String(n).padStart(6, "0")}`;
}

/** Our side of the venue: mints intents, hears answers, keeps the holdings and the decision chain, owns the protective stop. */
export class Desk {
  readonly instrument: Instrument;
  readonly holdings: Holdings;
  readonly chain: DecisionChain;
  readonly #sink: Sink;
  readonly #strategy: string;
  readonly #lots: number;
  #nowUs: TimeUs;
  #leaving: string | null = null;
  #exitHeld = false;

  constructor(sink: Sink, state: ResumeState, options: { tsUs: TimeUs; sha256?: Sha256 }) {
    this.#sink = sink;
    this.#strategy = state.strategy;
    this.#lots = state.limits.lots;
    this.#nowUs = options.tsUs;
    this.instrument = instrumentOf(state.symbol);
    this.holdings = new Holdings(this.instrument, state.holdings);
    this.chain = new DecisionChain(state.decisionTip, options.sha256);
    for (const order of this.holdings.orders.values()) {
      invariant(order.state === "working", "a run goes on from acknowledged orders only");
      if (order.role === "exit") this.#leaving = order.reason;
    }
  }

  /** Why the position is being left, null while it is kept. */
  get leaving(): string | null {
    return this.#leaving;
  }

  /** The market clock moves on; every record is stamped with it. */
  moveTo(nowUs: TimeUs): void {
    this.#nowUs = nowUs;
  }

  emit(draft: Draft): void {
    this.chain.add(draft);
    this.holdings.apply(draft);
    this.#sink.emit(draft);
  }

  /** Ends new entries: once per reason that stands. */
  halt(reason: string, tradeDate: string): void {
    if (this.holdings.halts(tradeDate).includes(reason)) return;
    this.emit({ stream: "halt", body: { atUs: this.#nowUs, reason } });
  }

  enter(side: Side, plannedStop: PriceTicks, reason: string): void {
    const stop = this.#price(plannedStop);
    const order = this.#mint();
    this.#ask({ order, action: "enter", side, qty: this.#lots, type: "MKT", stop, reason });
  }

  /** Begins to leave; the steps follow with the next `review`. The first reason stays. */
  leave(reason: string): void {
    if (this.holdings.net !== 0 || this.holdings.orders.size > 0) this.#leaving ??= reason;
  }

  /** An exit that the venue refused may be asked again. */
  releaseExit(): void {
    this.#exitHeld = false;
  }

  /** Asks for whatever the exit rules want now. */
  review(level: StopLevel | null): void {
    const { holdings } = this;
    if (holdings.net === 0 && holdings.orders.size === 0) this.#leaving = null;
    const actions = exitActions({
      lots: holdings.net,
      orders: holdings.orders.values(),
      stop: holdings.trade?.stop ?? null,
      level,
      leaving: this.#leaving,
      exitHeld: this.#exitHeld,
    });
    for (const action of actions) this.#act(action);
  }

  #act(action: ExitAction): void {
    switch (action.kind) {
      case "protect": {
        const { side, qty } = action;
        const stop = this.#price(action.stop);
        const order = this.#mint();
        const reason = "protective-stop";
        this.#ask({ order, action: "protect", side, qty, type: "STP", stop, reason });
        return;
      }
      case "exit": {
        const { side, qty, reason } = action;
        this.#ask({ order: this.#mint(), action: "exit", side, qty, type: "MKT", reason });
        return;
      }
      case "move": {
        const { order, reason } = action;
        this.#ask({ order, action: "move", stop: this.#price(action.stop), reason });
        return;
      }
      case "cancel":
        this.#ask({ order: action.order, action: "cancel", reason: action.reason });
        return;
    }
  }

  #mint(): string {
    return numbered("B", this.holdings.counters.order + 1);
  }

  #price(price: PriceTicks): string {
    return priceDecimal(this.instrument, price);
  }

  #ask({ order, action, side = null, qty = null, type = null, stop = null, reason }: Wish): void {
    const body = {
      intent: numbered("I", this.holdings.counters.intent + 1),
      order,
      strategy: this.#strategy,
      symbol: this.instrument.symbol,
      atUs: this.#nowUs,
      action,
      side,
      qty,
      type,
      price: null,
      stop,
      reason,
    };
    this.emit({ stream: "intent", body });
  }

  /** Writes down what a person or a watchdog said, before anything follows from it. */
  note(said: { readonly command: Command } | { readonly watch: WatchEvent }): void {
    const atUs = this.#nowUs;
    if ("command" in said) this.emit({ stream: "command", body: { atUs, command: said.command } });
    else {
      const { dog, barking } = said.watch;
      this.emit({ stream: "watch", body: { atUs, dog, barking } });
    }
  }

  /** Takes the venue's word into the record. Anything that it says of an order that we do not have ends new entries. */
  hear(event: VenueEvent, tradeDate: string): void {
    switch (event.kind) {
      case "link":
      case "snapshot":
      case "foreign":
      case "correction":
      case "absent":
        this.halt("unknown-order", tradeDate);
        return;
      default:
        this.#hearOrder(event, tradeDate);
    }
  }

  #hearOrder(
    event: Exclude<OrderWord, { kind: "correction" | "absent" }>,
    tradeDate: string,
  ): void {
    const live = this.holdings.orders.get(event.order);
    if (event.kind === "execution") {
      if (this.holdings.knows(event.exec)) return;
      if (!live) {
        this.halt("unknown-order", tradeDate);
        return;
      }
      this.#execute(event, tradeDate);
      return;
    }
    const asked = this.#askedFor(event);
    const answers = event.kind === "moved" || event.kind === "cancel-rejected";
    const intent = asked ?? (answers ? undefined : live?.intent);
    if (intent === undefined) {
      this.halt("unknown-order", tradeDate);
      return;
    }
    switch (event.kind) {
      case "acknowledged":
        if (live?.state === "sent") this.#outcome(event, intent, "acknowledged", null);
        return;
      case "moved":
        this.#outcome(event, intent, "moved", null);
        return;
      case "cancelled":
        this.#outcome(event, intent, "cancelled", asked === null ? "by-venue" : null);
        return;
      case "cancel-rejected":
        this.#outcome(event, intent, "rejected", event.reason);
        if (event.reason === "not-at-venue" && live) {
          this.halt("unknown-order", tradeDate);
          this.#outcome(event, live.intent, "expired", event.reason);
        }
        return;
      case "rejected":
        this.#outcome(event, intent, "rejected", event.reason);
        if (live?.role === "stop") {
          this.halt("protect-rejected", tradeDate);
          this.leave("protect-rejected");
        } else if (live?.role === "exit") {
          this.halt("exit-rejected", tradeDate);
          this.#exitHeld = true;
        }
    }
  }

  /** The unanswered intent that the event answers, null when it speaks of the order itself. */
  #askedFor(
    event: Exclude<OrderWord, { kind: "execution" | "correction" | "absent" }>,
  ): string | null {
    const { holdings } = this;
    switch (event.kind) {
      case "moved":
        return holdings.asking(event.order, "move")?.intent ?? null;
      case "cancelled":
        return holdings.asking(event.order, "cancel")?.intent ?? null;
      case "cancel-rejected":
        return holdings.asking(event.order, event.request)?.intent ?? null;
      case "acknowledged":
      case "rejected":
        return null;
    }
  }

  #outcome(
    event: OrderWord,
    intent: string,
    state: Body<"order">["state"],
    reason: string | null,
  ): void {
    const { order, symbol } = event;
    const body = { order, intent, symbol, atUs: this.#nowUs, state, reason };
    this.emit({ stream: "order", body });
  }

  #execute(event: Execution, tradeDate: string): void {
    const { exec, order, symbol, side, qty, venue } = event;
    const price = this.#price(event.price);
    const body = { exec, order, symbol, atUs: this.#nowUs, side, qty, price, venue };
    this.emit({ stream: "execution", body });
    for (let owed = this.holdings.owed(); owed; owed = this.holdings.owed()) this.emit(owed);
    if (this.holdings.net === 0) this.#leaving = null;
    else if (this.holdings.trade?.intended === false) {
      this.halt("unintended-position", tradeDate);
      this.leave("unintended-position");
    }
  }
}
