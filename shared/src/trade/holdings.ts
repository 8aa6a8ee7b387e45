import { DAY_US, invariant, type PriceTicks, timeUs } from "@believe/shared/base";
import { type Instrument, parsePrice, priceDecimal, SessionCalendar } from "@believe/shared/market";
import type { Body, Command, Draft } from "@believe/shared/wire";
import { adoptionBody, changedEntry, correctionBody, type Replacement } from "./change.ts";
import { Counters } from "./counters.ts";
import { type EquityState, markEquity, restartPeaks } from "./equity.ts";
import { TradeFailure } from "./failure.ts";
import type { HoldingsState } from "./holdings-state.ts";
import { Latches } from "./latches.ts";
import { Ledger } from "./ledger.ts";
import type { Lots } from "./lots.ts";
import { averageDecimal, openNetOf, parseMoney } from "./money.ts";
import type { OpenTrade } from "./open-trade.ts";
import type { EndedOrder, WorkingOrder } from "./order.ts";
import { Orders } from "./orders.ts";
import { opensTrade, settlementDraft } from "./settlement.ts";
import { Settling } from "./settling.ts";
import { isBetter, opposite, signOf } from "./side.ts";

/** How long a venue may still speak of an order that ended: over a weekend with a holiday. */
const SPOKEN_OF_US = 4 * DAY_US;

/**
 * What we hold and have asked for in one symbol: a reducer over our own records. The engine applies each draft as
 * it emits it; a start applies the journal; both end in the same state. `owed` names the record that must come
 * next, so that a crash between an execution or a correction and what follows from it is repaired with the same bytes.
 */
export class Holdings {
  readonly instrument: Instrument;
  readonly latches: Latches;
  readonly #ledger: Ledger;
  readonly #orders: Orders;
  readonly #counters: Counters;
  readonly #calendar = new SessionCalendar();
  #disputed: number | null;
  #equity: EquityState;
  readonly #settling = new Settling();

  constructor(instrument: Instrument, state: HoldingsState) {
    this.instrument = instrument;
    this.latches = new Latches(state);
    this.#ledger = new Ledger(instrument, state.ledger);
    this.#orders = new Orders(instrument, state);
    this.#counters = new Counters(state);
    this.#disputed = state.disputed;
    this.#equity = state.equity;
  }

  /** Signed lots: positive when long. */
  get net(): number {
    return this.lots.net;
  }

  /** Signed lots that the venue says we hold, while its word and our book differ. */
  get disputed(): number | null {
    return this.#disputed;
  }

  /**
   * Lots of the position that are certainly there: while the venue says otherwise, only what both say. It shrinks with
   * what is executed meanwhile, so that an exit never closes more than is held by either count.
   */
  get certain(): number {
    const { net } = this;
    if (this.#disputed === null) return Math.abs(net);
    if (Math.sign(this.#disputed) !== Math.sign(net)) return 0;
    return Math.min(Math.abs(net), Math.abs(this.#disputed));
  }

  get lots(): Lots {
    return this.#ledger.tally.lots;
  }

  get trade(): OpenTrade | null {
    return this.#ledger.tally.trade;
  }

  get orders(): ReadonlyMap<string, WorkingOrder> {
    return this.#orders.live;
  }

  /** Orders of the last days that ended. */
  get ended(): ReadonlyMap<string, EndedOrder> {
    return this.#orders.ended;
  }

  /** An order of ours, alive or ended; null for one that we never asked for or have forgotten. */
  orderOf(id: string): WorkingOrder | null {
    return this.#orders.find(id);
  }

  /** Whether we asked for an order of this name, or for the entry that it is attached to. */
  isOurs(id: string): boolean {
    return this.#orders.isOurs(id);
  }

  get asked(): readonly number[] {
    return this.#counters.asked;
  }

  get counters(): Readonly<HoldingsState["counters"]> {
    return this.#counters.numbers;
  }

  /** Realised net of the fees of every fill, in US cents. */
  get realised(): number {
    return this.#ledger.tally.realised;
  }

  /** As of the newest decision that had a close. */
  get equity(): EquityState {
    return this.#equity;
  }

  /** Goes on from the account's equity, as another contract's book left it. */
  carry(equity: EquityState): void {
    this.#equity = equity;
  }

  /** The equity as a mark at `mark` would leave it. */
  equityAt(tradeDate: string, mark: PriceTicks): EquityState {
    const minor = this.#equity.elsewhereMinor + this.realised + this.openNet(mark);
    return markEquity(this.#equity, { tradeDate, minor });
  }

  /** Open result at `mark` after the fee of leaving, in US cents. */
  openNet(mark: PriceTicks): number {
    return openNetOf(this.instrument, this.lots, mark);
  }

  /** Totals of `tradeDate`: zero before its first fill. */
  day(tradeDate: string): { readonly net: number; readonly losses: number } {
    const { day } = this.#ledger.tally;
    return day.tradeDate === tradeDate ? day : { net: 0, losses: 0 };
  }

  /** Why new entries ended, as of `tradeDate`. */
  halts(tradeDate: string): string[] {
    return this.latches.halts(tradeDate);
  }

  /** The intent of the oldest unanswered request of that kind on that order, answers in doubt included. */
  asking(order: string, action: "move" | "cancel"): string | null {
    return this.#orders.asking(order, action);
  }

  /** Intents of which no order record speaks. */
  get unanswered(): Body<"intent">[] {
    return [...this.#orders.unanswered.values()];
  }

  /** Orders that may or may not be at the venue. */
  get inDoubt(): WorkingOrder[] {
    return [...this.orders.values()].filter((order) => order.state === "unknown");
  }

  knows(exec: string): boolean {
    return this.revisionOf(exec) !== null;
  }

  /** The revision at which an execution is booked, null when it is not. */
  revisionOf(exec: string): number | null {
    return this.#ledger.find(exec)?.revision ?? null;
  }

  /** The record of a replaced or busted execution that is booked, or of a bust that came before its execution. */
  correctionOf(replacement: Replacement, of: { atUs: number; reason: string }): Body<"correction"> {
    const correction = this.#counters.nextCorrection;
    return correctionBody(this.#ledger, this.instrument, { replacement, correction, ...of });
  }

  /** The record of a person's taking over `lots` (signed) at `price`. */
  adoptionOf(of: {
    lots: number;
    price: string;
    atUs: number;
    reason: string;
  }): Body<"correction"> {
    const correction = this.#counters.nextCorrection;
    return adoptionBody(this.#ledger, this.instrument, { correction, ...of });
  }

  apply({ stream, body }: Draft): void {
    if (stream === "intent") this.#intend(body);
    else if (stream === "order") this.#outcome(body);
    else if (stream === "execution") this.#execute(body);
    else if (stream === "fill") this.#fill(body);
    else if (stream === "correction") this.#correct(body);
    else if (stream === "position") {
      this.#expect(body.lots);
      this.#settling.onPosition(this.net === 0, this.#isDone);
    } else if (stream === "trade") this.#settling.onTrade(this.#isDone);
    else if (stream === "halt") this.latches.halt(body);
    else if (stream === "command") this.#command(body.command);
    else if (stream === "reconciliation") this.#compare(body);
    else if (stream === "decision") this.#mark(body);
  }

  #mark({ atUs, close }: Body<"decision">): void {
    if (close === null) return;
    const { tradeDate } = this.#calendar.span(timeUs(atUs)).state;
    this.#equity = this.equityAt(tradeDate, parsePrice(this.instrument, close));
  }

  #command(act: Command): void {
    // Whoever resumes from a drawdown grants the next one: its old peak would end entries again at once.
    const resumes = act.kind === "resume" && this.latches.has("drawdown");
    if (resumes) this.#equity = restartPeaks(this.#equity);
    this.latches.command(act);
    if (act.kind === "resume") this.#disputed = null;
    if (act.kind === "cancel") this.#orders.unwant(act.order);
  }

  #compare({ positions }: Body<"reconciliation">): void {
    const own = positions.find(({ symbol }) => symbol === this.instrument.symbol);
    this.#disputed = own === undefined || own.theirs === this.net ? null : own.theirs;
  }

  #intend(body: Body<"intent">): void {
    this.#counters.onIntent(body.intent);
    this.#orders.intend(body);
    if (body.action === "move" || body.action === "cancel") return;
    this.#counters.onOrder(body);
    this.#forget(body.atUs - SPOKEN_OF_US);
  }

  /** What the venue will not speak of any more is settled for good. */
  #forget(beforeUs: number): void {
    this.#orders.forget(beforeUs);
    this.#ledger.settle(
      ({ order, atUs }) =>
        atUs >= beforeUs || (order !== null && this.#orders.find(order) !== null),
    );
  }

  #outcome(body: Body<"order">): void {
    this.#orders.outcome(body);
    if (body.state === "filled") this.#settling.onFilled();
  }

  #execute(execution: Body<"execution">): void {
    const { order } = execution;
    if (this.#disputed !== null) this.#disputed += signOf(execution.side) * execution.qty;
    const live = this.#orders.live.get(order);
    const alive = live !== undefined && live.filled + execution.qty <= live.qty;
    this.#orders.executed(order, execution.qty);
    this.#settling.onExecution(execution, alive);
  }

  #fill(body: Body<"fill">): void {
    const order = this.#orders.get(body.order);
    const { execution } = this.#settling;
    this.#ledger.take({
      exec: body.exec,
      revision: execution?.execution.revision ?? 0,
      order: body.order,
      opens: opensTrade(order),
      strategy: order.strategy,
      stop: order.stop,
      side: body.side,
      qty: body.qty,
      price: parsePrice(this.instrument, body.price),
      fee: parseMoney(body.fee),
      atUs: body.atUs,
      intended: order.role === "entry" && execution?.alive !== false,
    });
    this.#settling.onFill();
  }

  #correct(correction: Body<"correction">): void {
    this.#counters.onCorrection(correction.correction);
    const order = correction.order === null ? null : this.#orders.find(correction.order);
    const entry = changedEntry(this.#ledger, this.instrument, correction, order);
    const before = this.#ledger.find(entry.exec);
    const ended = this.#ledger.replace(entry);
    const grown = entry.qty - (before?.qty ?? 0);
    // What is taken back does not come back to its order: the venue is done with those lots.
    if (entry.order !== null && grown > 0) this.#orders.refill(entry.order, grown);
    this.#expect(correction.lotsAfter);
    if (correction.kind === "adopted") this.#disputed = null;
    this.#settling.onCorrection(correction, ended);
  }

  #expect(lots: number): void {
    if (lots === this.net) return;
    throw new TradeFailure(
      "inconsistent",
      `expected a position of ${this.net} lots from the fills, was ${lots}`,
    );
  }

  readonly #isDone = (order: string): boolean => this.#orders.isDone(order);

  /** The record that must follow the last execution or correction and is not written yet; null when all is settled. */
  owed(): Draft | null {
    const { now, execution } = this.#settling;
    if (now === null) return null;
    const { tally } = this.#ledger;
    return settlementDraft(now, {
      instrument: this.instrument,
      order: execution ? this.#orders.get(execution.execution.order) : null,
      trade: tally.trade,
      closed: tally.closed,
      net: this.net,
      averagePrice: this.averagePrice,
      realised: this.realised,
    });
  }

  /** Average price of the open lots as a decimal, null when flat. */
  get averagePrice(): string | null {
    if (this.net === 0) return null;
    return averageDecimal(this.instrument, this.lots.cost, Math.abs(this.net));
  }

  /** Where the protective stop nearest to the market rests, as a decimal; null without one. */
  get stopPrice(): string | null {
    let found: PriceTicks | null = null;
    for (const order of this.orders.values()) {
      const { role, state, stop } = order;
      if (role !== "stop" || state !== "working" || stop === null) continue;
      if (found === null || isBetter(opposite(order.side), stop, found)) found = stop;
    }
    return found === null ? null : priceDecimal(this.instrument, found);
  }

  /** A copy of everything. Only a settled state can be carried on. */
  state(): HoldingsState {
    invariant(
      this.#settling.now === null,
      "an execution is settled before its state is carried on",
    );
    return {
      ledger: this.#ledger.state(),
      ...this.#orders.state(),
      ...this.#counters.state(),
      disputed: this.#disputed,
      equity: this.#equity,
      ...this.latches.state(),
    };
  }
}
