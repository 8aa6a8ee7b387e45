import { type PriceTicks, SECOND_US, type Sha256, type TimeUs } from "@believe/shared/base";
import { type ExitAction, exitActions, type StopLevel } from "@believe/shared/exit";
import type { Instrument, Side } from "@believe/shared/market";
import { type Holdings, isInFlight, type VenueEvent } from "@believe/shared/trade";
import type { Body, Command } from "@believe/shared/wire";
import { compare } from "./compare.ts";
import { Connection } from "./connection.ts";
import type { DecisionChain } from "./decision-chain.ts";
import { Ear } from "./ear.ts";
import { type MarketSight, OrderGate } from "./order-gate.ts";
import { obey } from "./person.ts";
import { Records, type Sink } from "./records.ts";
import type { ResumeState } from "./resume-state.ts";

type Wish = Pick<Body<"intent">, "order" | "action" | "reason"> &
  Partial<Pick<Body<"intent">, "side" | "qty" | "type" | "stop" | "attach" | "expiresUs">>;

/** An entry that is not delivered by then is never sent. */
const ENTRY_LIFE_US = 5 * SECOND_US;

/** Ours to bark: a guard stopped what protects or closes the position. */
const STOPPED = "order-stopped";

function numbered(prefix: string, n: number): string {
  return `${prefix}-${String(n).padStart(6, "0")}`;
}

export interface DeskOptions {
  readonly tsUs: TimeUs;
  readonly sha256?: Sha256;
  readonly sight: () => MarketSight;
}

/** Our side of the venue: mints intents, takes what a venue or a person says, owns the protective stop. */
export class Desk {
  readonly connection: Connection;
  readonly #records: Records;
  readonly #ear: Ear;
  readonly #state: ResumeState;
  readonly #gate: OrderGate;
  #leaving: string | null = null;
  #exitHeld = false;
  #protectHeld = false;
  /** Orders to be cancelled as soon as the venue can be asked. */
  #toCancel = new Set<string>();

  constructor(sink: Sink, state: ResumeState, options: DeskOptions) {
    this.#records = new Records(sink, state, options);
    this.connection = new Connection(state);
    this.#state = state;
    this.#gate = new OrderGate(this.#records, state.limits, options.sight);
    const react = {
      leave: (reason: string) => this.leave(reason),
      flat: () => this.#onFlat(),
      hold: (role: "entry" | "stop" | "exit") => this.#hold(role),
      exitRejected: () => this.#onExitRejected(),
    };
    this.#ear = new Ear(this.#records, react, state.venue);
    for (const { role, parent, reason } of this.holdings.orders.values()) {
      if (role === "exit" && parent === undefined) this.#leaving = reason;
    }
  }

  get #parts() {
    return { records: this.#records, ear: this.#ear, connection: this.connection };
  }

  get instrument(): Instrument {
    return this.#records.instrument;
  }

  get holdings(): Holdings {
    return this.#records.holdings;
  }

  get chain(): DecisionChain {
    return this.#records.chain;
  }

  /** Why the position is being left, null while it is kept. */
  get leaving(): string | null {
    return this.#leaving;
  }

  /** The market clock moves on; every record is stamped with it. */
  moveTo(nowUs: TimeUs): void {
    this.#records.moveTo(nowUs);
  }

  decided(body: Body<"decision">): void {
    this.#records.emit({ stream: "decision", body });
  }

  /** Ends new entries: once per reason that stands. */
  halt(reason: string): void {
    this.#records.halt(reason);
  }

  /** Reason codes of every guard that would stop this entry now; its stop is not trusted to be a price. */
  entryStops(side: Side, plannedStop: number): string[] {
    const { lots } = this.#state.limits;
    return this.#gate.stops({ role: "entry", side, qty: lots, price: null, stop: plannedStop });
  }

  enter(side: Side, plannedStop: PriceTicks, reason: string): void {
    const stop = this.#records.price(plannedStop);
    const { attachesStop, keepsOrders } = this.#state.venue;
    this.#ask({
      order: this.#mint(),
      action: "enter",
      side,
      qty: this.#state.limits.lots,
      type: "MKT",
      stop,
      reason,
      ...(attachesStop ? { attach: { stop, target: null } } : {}),
      ...(keepsOrders ? { expiresUs: this.#records.nowUs + ENTRY_LIFE_US } : {}),
    });
  }

  /** Begins to leave; the steps follow with the next `review`. The first reason stays. */
  leave(reason: string): void {
    if (this.holdings.net !== 0 || this.holdings.orders.size > 0) this.#leaving ??= reason;
  }

  /** What the venue refused or lost may be asked for again. */
  release(): void {
    this.#exitHeld = false;
    this.#protectHeld = false;
  }

  #hold(role: "entry" | "stop" | "exit"): void {
    if (role === "exit") this.#exitHeld = true;
    if (role === "stop") this.#protectHeld = true;
  }

  #onFlat(): void {
    this.#leaving = null;
    this.watch("flatten-rejected", false);
    this.watch(STOPPED, false);
  }

  /** The venue would not close what a person told us to close: that is said louder than a halt. */
  #onExitRejected(): void {
    const { killed } = this.holdings.latches;
    if (killed?.flatten || this.#leaving === "flatten") this.watch("flatten-rejected", true);
  }

  /** Takes a watchdog's verdict, ours or the host's; only news is written down. */
  watch(dog: string, barking: boolean): void {
    if (!this.connection.onWatch(dog, barking)) return;
    this.#records.emit({ stream: "watch", body: { atUs: this.#records.nowUs, dog, barking } });
  }

  /** What a run before us did not live to say of the position that it left: no entry of ours wants it. */
  takeUp(): void {
    const { trade, net } = this.holdings;
    if (net === 0 || trade?.intended !== false) return;
    this.halt("unintended-position");
    this.leave("unintended-position");
  }

  /** Asks for whatever the exit rules want now; of a venue that is not ready nothing is asked. */
  review(level: StopLevel | null): void {
    const { holdings } = this;
    if (holdings.net === 0 && holdings.orders.size === 0) this.#leaving = null;
    if (!this.connection.isReady) return;
    const { killed, closeOnly } = holdings.latches;
    // A fill may come after the kill: what it opened is left too.
    if (killed) this.leave("kill-switch");
    const leaving = this.#leaving;
    const actions = exitActions({
      lots: holdings.net,
      certain: holdings.certain,
      orders: holdings.orders.values(),
      stop: holdings.trade?.stop ?? null,
      level,
      leaving,
      exitHeld: this.#exitHeld,
      protectHeld: this.#protectHeld,
      noEntries: killed ? "kill-switch" : closeOnly ? "close-only" : null,
      mayClose: killed === null || killed.flatten,
    });
    for (const action of actions) this.#act(action);
    for (const { order, state, cancel, unwanted } of [...holdings.orders.values()]) {
      if (unwanted && state !== "sent" && cancel === null) this.#cancel(order);
    }
    for (const order of this.#toCancel) this.#cancel(order);
    this.#toCancel.clear();
    // A stop that a guard stopped makes the position one to leave, now.
    if (this.#leaving !== leaving) this.review(null);
  }

  /** Cancels an order by its name, one that ended for us too. */
  #cancel(order: string): void {
    const { orders } = this.holdings;
    // What ended for us and works at the venue may have been asked before, on a connection that lost it.
    const isAsked = orders.get(order)?.cancel?.refused === false;
    if (this.holdings.orderOf(order) && !isAsked)
      this.#ask({ order, action: "cancel", reason: "cancel-order" });
  }

  /** Does what a person says, from its record on. */
  obey(act: Command): void {
    obey(act, this.#records, {
      leave: (reason) => this.leave(reason),
      stay: (reason) => {
        if (this.#leaving === reason) this.#leaving = null;
      },
      flat: () => this.#onFlat(),
      release: () => this.release(),
      // One that is alive is remembered as unwanted, and asked for when the venue has it.
      cancel: (order) => {
        if (!this.holdings.orders.has(order)) this.#toCancel.add(order);
      },
    });
  }

  #act(action: ExitAction): void {
    switch (action.kind) {
      case "protect": {
        const { side, qty } = action;
        const stop = this.#records.price(action.stop);
        const reason = "protective-stop";
        const order = this.#mint();
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
        this.#ask({ order, action: "move", stop: this.#records.price(action.stop), reason });
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

  #ask(wish: Wish): void {
    const { order, action, side = null, qty = null, type = null, stop = null, reason } = wish;
    const { attach, expiresUs } = wish;
    const body = {
      intent: numbered("I", this.holdings.counters.intent + 1),
      order,
      strategy: this.#state.strategy,
      symbol: this.instrument.symbol,
      atUs: this.#records.nowUs,
      action,
      side,
      qty,
      type,
      price: null,
      stop,
      reason,
      ...(attach ? { attach } : {}),
      ...(expiresUs === undefined ? {} : { expiresUs }),
    };
    if (this.#refusal(body) !== null || this.#isStopped(body)) return;
    this.#records.emit({ stream: "intent", body });
  }

  /**
   * Whether a guard stops an order: every reason ends new entries. What would have protected or closed the position is
   * missed loudly and not asked for again before the next bar; a position without its stop is left.
   */
  #isStopped(body: Body<"intent">): boolean {
    const stopped = this.#gate.check(body);
    if (stopped === null) return false;
    const { role, reasons } = stopped;
    for (const reason of reasons) this.halt(reason);
    if (role === "entry") return true;
    this.watch(STOPPED, true);
    if (role !== "move") this.#hold(role);
    if (role === "stop") this.leave("protect-stopped");
    return true;
  }

  /** Why an order may not be asked for, whatever wants it: the last word before it is written down. */
  #refusal({ action }: Body<"intent">): string | null {
    const { killed } = this.holdings.latches;
    if (!this.connection.isReady) return "venue-not-ready";
    if (action === "cancel" || killed === null) return null;
    return action === "exit" && killed.flatten ? null : "killed";
  }

  /** Takes the venue's word into the record. */
  hear(event: VenueEvent): void {
    switch (event.kind) {
      case "link":
        this.connection.onLink(event);
        if (event.state !== "ready") this.#doubt();
        return;
      case "snapshot":
        this.#toCancel = new Set(compare(event, this.#parts));
        return;
      case "foreign":
        this.connection.onForeign(event.order);
        return;
      default:
        if (event.symbol === this.instrument.symbol) this.#ear.hear(event);
        else this.halt("unknown-order");
    }
  }

  /** Whatever was under way is in doubt from now on. */
  #doubt(): void {
    for (const order of this.holdings.orders.values()) {
      if (order.state === "unknown" || !isInFlight(order)) continue;
      const { intent } = order;
      const outcome = { order: order.order, intent, reason: "link-down" };
      this.#records.outcome({ ...outcome, state: "unknown" });
    }
  }
}
