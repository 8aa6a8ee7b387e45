import { invariant, type PriceTicks, qty, timeUs } from "@believe/shared/base";
import { type Instrument, parsePrice, priceDecimal, SessionCalendar } from "@believe/shared/market";
import type { Body, Draft } from "@believe/shared/wire";
import { TradeFailure } from "./failure.ts";
import { copyOf, DAY_HALTS, type HoldingsState, type OpenTrade } from "./holdings-state.ts";
import { Lots } from "./lots.ts";
import { averageDecimal, moneyOf, parseMoney } from "./money.ts";
import { roleOf, type WorkingOrder, workingOrderOf } from "./order.ts";
import { initialStop } from "./round-turn.ts";
import { type Settlement, settlementDraft } from "./settlement.ts";
import { isBetter, opposite } from "./side.ts";

const EXECS_MAX = 256;
const ASKED_MAX = 128;
function numberOf(id: string): number {
  const digits = /(\d+)$/.exec(id)?.[1];
  return digits === undefined ? 0 : Number(digits);
}

/**
 * What we hold and have asked for in one symbol: a reducer over our own records. The engine applies each draft as
 * it emits it; a start applies the journal; both end in the same state. `owed` names the record that must come
 * next, so that a crash between an execution and its fill, position and trade is repaired with the same bytes.
 */
export class Holdings {
  readonly instrument: Instrument;
  readonly #calendar = new SessionCalendar();
  readonly #state: HoldingsState;
  readonly #lots: Lots;
  readonly #orders = new Map<string, WorkingOrder>();
  readonly #unanswered = new Map<string, Body<"intent">>();
  readonly #execs: Set<string>;
  #settling: Settlement | null = null;

  constructor(instrument: Instrument, state: HoldingsState) {
    this.instrument = instrument;
    this.#state = copyOf(state);
    this.#lots = new Lots(state.side, state.lots);
    this.#execs = new Set(state.execs);
    for (const order of state.orders) this.#orders.set(order.order, { ...order });
  }

  /** Signed lots: positive when long. */
  get net(): number {
    return this.#lots.net;
  }

  get lots(): Lots {
    return this.#lots;
  }

  get trade(): OpenTrade | null {
    return this.#state.trade;
  }

  get orders(): ReadonlyMap<string, WorkingOrder> {
    return this.#orders;
  }

  get asked(): readonly number[] {
    return this.#state.asked;
  }

  get counters(): HoldingsState["counters"] {
    return this.#state.counters;
  }

  /** Realised net of the fees of every fill, in US cents. */
  get realised(): number {
    return this.#state.gross - this.#state.fees;
  }

  /** Totals of `tradeDate`: zero before its first fill. */
  day(tradeDate: string): { readonly net: number; readonly losses: number } {
    return this.#state.day.tradeDate === tradeDate ? this.#state.day : { net: 0, losses: 0 };
  }

  /** Why new entries ended, as of `tradeDate`. */
  halts(tradeDate: string): string[] {
    const standing = this.#state.halts.filter(
      (halt) => halt.tradeDate === null || halt.tradeDate === tradeDate,
    );
    return standing.map((halt) => halt.reason);
  }

  /** The oldest unanswered intent of that action on that order. */
  asking(order: string, action: Body<"intent">["action"]): Body<"intent"> | null {
    for (const body of this.#unanswered.values()) {
      if (body.order === order && body.action === action) return body;
    }
    return null;
  }

  /** Intents of which no order record speaks. */
  get unanswered(): Body<"intent">[] {
    return [...this.#unanswered.values()];
  }

  knows(exec: string): boolean {
    return this.#execs.has(exec);
  }

  apply(draft: Draft): void {
    const { stream, body } = draft;
    if (stream === "intent") this.#intend(body);
    else if (stream === "order") this.#outcome(body);
    else if (stream === "execution") this.#execute(body);
    else if (stream === "fill") this.#fill(body);
    else if (stream === "position") this.#stand(body);
    else if (stream === "trade") this.#close(body);
    else if (stream === "halt") this.#halt(body);
  }

  #intend(body: Body<"intent">): void {
    const { counters } = this.#state;
    counters.intent = Math.max(counters.intent, numberOf(body.intent));
    this.#unanswered.set(body.intent, body);
    if (body.action === "move" || body.action === "cancel") {
      const order = this.#order(body.order);
      if (body.action === "cancel") order.cancel = { intent: body.intent, refused: false };
      else if (body.stop !== null) {
        const stop = parsePrice(this.instrument, body.stop);
        order.move = { intent: body.intent, stop, reason: body.reason };
      }
      return;
    }
    counters.order = Math.max(counters.order, numberOf(body.order));
    this.#orders.set(body.order, workingOrderOf(this.instrument, body, roleOf(body.action)));
    this.#state.asked.push(body.atUs);
    if (this.#state.asked.length > ASKED_MAX) this.#state.asked.shift();
  }

  #order(id: string): WorkingOrder {
    const order = this.#orders.get(id);
    if (!order) {
      throw new TradeFailure("inconsistent", `expected a record of a live order, was one of ${id}`);
    }
    return order;
  }

  #outcome(body: Body<"order">): void {
    const answers = this.#unanswered.delete(body.intent);
    const finished = answers && !this.#orders.has(body.order);
    // A move or a cancel may be answered after the fill that it came too late for.
    if (finished) return;
    const order = this.#order(body.order);
    switch (body.state) {
      case "acknowledged":
        order.state = "working";
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
        this.#orders.delete(body.order);
        this.#unanswered.delete(order.intent);
        if (this.#settling?.stage === "filled") this.#settling = null;
        return;
      case "rejected":
      case "expired":
        if (body.intent === order.intent) this.#orders.delete(body.order);
        else if (order.move?.intent === body.intent) order.move = null;
        else if (order.cancel?.intent === body.intent) {
          // A refused cancel is not repeated: the execution that beat it is on its way.
          order.cancel = body.state === "expired" ? null : { ...order.cancel, refused: true };
        }
        return;
    }
  }

  #execute(body: Body<"execution">): void {
    const order = this.#order(body.order);
    order.filled = qty(order.filled + body.qty);
    order.executions++;
    order.state = "working";
    this.#execs.add(body.exec);
    this.#state.execs.push(body.exec);
    if (this.#state.execs.length > EXECS_MAX) this.#state.execs.shift();
    this.#settling = { execution: body, stage: "fill" };
  }

  #fill(body: Body<"fill">): void {
    const state = this.#state;
    const price = parsePrice(this.instrument, body.price);
    const fee = parseMoney(body.fee);
    const order = this.#order(body.order);
    const crosses =
      this.net !== 0 && this.#lots.side !== body.side && body.qty > Math.abs(this.net);
    const gross = moneyOf(this.instrument, this.#lots.fill(body.side, body.qty, price));
    state.trade ??= {
      trade: body.trade,
      strategy: order.strategy,
      side: body.side,
      enteredAtUs: body.atUs,
      stop: initialStop(body.side, price, order.stop),
      entryQty: 0,
      entryCost: 0,
      exitQty: 0,
      exitCost: 0,
      gross: 0,
      fees: 0,
      intended: order.role === "entry",
    };
    const { trade } = state;
    if (crosses) trade.intended = false;
    const part = trade.side === body.side ? "entry" : "exit";
    trade[`${part}Qty`] += body.qty;
    trade[`${part}Cost`] += price * body.qty;
    trade.gross += gross;
    trade.fees += fee;
    state.gross += gross;
    state.fees += fee;
    const { tradeDate } = this.#calendar.span(timeUs(body.atUs)).state;
    if (state.day.tradeDate !== tradeDate) state.day = { tradeDate, net: 0, losses: 0 };
    state.day.net += gross - fee;
    if (this.#settling) this.#settling.stage = "position";
  }

  #stand(body: Body<"position">): void {
    if (body.lots !== this.net) {
      throw new TradeFailure(
        "inconsistent",
        `expected a position of ${this.net} lots from the fills, was ${body.lots}`,
      );
    }
    if (!this.#settling) return;
    const { execution } = this.#settling;
    if (this.net === 0 && this.#state.trade) this.#settling.stage = "trade";
    else if (this.#isDone(execution.order)) this.#settling.stage = "filled";
    else this.#settling = null;
  }

  #close(body: Body<"trade">): void {
    const { day } = this.#state;
    day.losses = parseMoney(body.net) < 0 ? day.losses + 1 : 0;
    this.#state.trade = null;
    if (!this.#settling) return;
    if (this.#isDone(this.#settling.execution.order)) this.#settling.stage = "filled";
    else this.#settling = null;
  }

  #isDone(id: string): boolean {
    const order = this.#order(id);
    return order.filled >= order.qty;
  }

  #halt(body: Body<"halt">): void {
    const { tradeDate } = this.#calendar.span(timeUs(body.atUs)).state;
    const scope = DAY_HALTS.has(body.reason) ? tradeDate : null;
    this.#state.halts = [
      ...this.#state.halts.filter(
        (halt) => halt.tradeDate === null || halt.tradeDate === tradeDate,
      ),
      { reason: body.reason, tradeDate: scope },
    ];
  }

  /** The record that must follow the last execution and is not written yet; null when all is settled. */
  owed(): Draft | null {
    if (!this.#settling) return null;
    return settlementDraft(this.#settling, {
      instrument: this.instrument,
      order: this.#order(this.#settling.execution.order),
      trade: this.#state.trade,
      net: this.net,
      averagePrice: this.averagePrice,
      realised: this.realised,
    });
  }

  /** Average price of the open lots as a decimal, null when flat. */
  get averagePrice(): string | null {
    if (this.net === 0) return null;
    return averageDecimal(this.instrument, this.#lots.cost, Math.abs(this.net));
  }

  /** Where the protective stop nearest to the market rests, as a decimal; null without one. */
  get stopPrice(): string | null {
    let found: PriceTicks | null = null;
    for (const order of this.#orders.values()) {
      if (order.role !== "stop" || order.state !== "working" || order.stop === null) continue;
      if (found === null || isBetter(opposite(order.side), order.stop, found)) found = order.stop;
    }
    return found === null ? null : priceDecimal(this.instrument, found);
  }

  /** A copy of everything. Only a settled state can be carried on. */
  state(): HoldingsState {
    invariant(!this.#settling, "an execution is settled before its state is carried on");
    return {
      ...copyOf(this.#state),
      side: this.#lots.side,
      lots: this.#lots.open.map((lot) => ({ ...lot })),
      orders: [...this.#orders.values()].map((order) => ({ ...order })),
    };
  }
}
