import {
  invariant,
  MINUTE_US,
  type PriceTicks,
  priceTicks,
  type Sha256,
  type TimeUs,
  timeUs,
} from "@believe/shared/base";
import {
  type Bar,
  InstrumentFailure,
  priceDecimal,
  type RollPhase,
  rollPhase,
  SessionCalendar,
  type SessionSpan,
  TimeBars,
} from "@believe/shared/market";
import {
  consecutiveLosses,
  dailyLoss,
  drawdown,
  entryBlocks,
  type RiskView,
} from "@believe/shared/risk";
import { type Opinion, type Strategy, strategyNamed, type Thinker } from "@believe/shared/strategy";
import { moneyOf, signOf } from "@believe/shared/trade";
import type { EventView } from "./cursor.ts";
import { decide } from "./decide.ts";
import { Desk } from "./desk.ts";
import type { Sink } from "./records.ts";
import type { ResumeState } from "./resume-state.ts";
import { type EngineStatus, statusOf } from "./status.ts";
import { Trail } from "./trail.ts";

const NEVER = Number.POSITIVE_INFINITY;

type Signal = Extract<Opinion, { kind: "signal" }>;

/** The entry that a signal asks for. Its stop is what the strategy says: whether that is a price, a guard looks at. */
function planOf({ side, stopTicks, reason }: Signal, close: PriceTicks) {
  return { side, reason, stop: close - signOf(side) * stopTicks };
}

/** Where a contract stands in its life; null for one that the roll table does not hold. */
function phaseOf(symbol: string, tradeDate: string): RollPhase | null {
  try {
    return rollPhase(symbol, tradeDate);
  } catch (failure) {
    if (failure instanceof InstrumentFailure) return null;
    throw failure;
  }
}

/** The engine from one resume on: one strategy on one instrument, on the market clock. */
export class EngineRun {
  readonly desk: Desk;
  readonly #state: ResumeState;
  readonly #strategy: Strategy;
  readonly #calendar = new SessionCalendar();
  readonly #bars: TimeBars;
  readonly #trail: Trail;
  #thinker: Thinker;
  #tradeDate: string | null = null;
  #nowUs: TimeUs;
  /** The next timer: a bar's end or the time to be flat. */
  #dueUs = NEVER;
  #flatUs = NEVER;
  #fresh = false;
  #warm = false;
  #started = false;
  #bid: PriceTicks | null = null;
  #ask: PriceTicks | null = null;
  #last: PriceTicks | null = null;

  constructor(sink: Sink, state: ResumeState, options: { tsUs: TimeUs; sha256?: Sha256 }) {
    this.#state = state;
    this.#nowUs = options.tsUs;
    this.#strategy = strategyNamed(state.strategy);
    this.#thinker = this.#strategy.create(state.parameters);
    this.#bars = new TimeBars(this.#strategy.barUs);
    this.#trail = new Trail(state.exits);
    const sight = () => ({ bid: this.#bid, ask: this.#ask, fresh: this.#fresh });
    this.desk = new Desk(sink, state, { ...options, sight });
  }

  get nowUs(): TimeUs {
    return this.#nowUs;
  }

  step(view: EventView): void {
    const tsUs = view.tsUs;
    invariant(tsUs >= this.#nowUs, "the market clock never goes back");
    while (this.#dueUs <= tsUs) this.#fire();
    this.#moveTo(tsUs);
    this.#take(view);
    if (!this.#started) {
      this.#started = true;
      this.desk.takeUp();
      this.#review(null);
    }
  }

  #moveTo(nowUs: TimeUs): void {
    this.#nowUs = nowUs;
    this.desk.moveTo(nowUs);
  }

  #take(view: EventView): void {
    switch (view.kind) {
      case "trade":
        if (view.symbol !== this.#state.symbol || view.price === null) return;
        this.#bid = view.bid;
        this.#ask = view.ask;
        this.#last = view.price;
        this.#bars.add(view.tsUs, view.price, view.size);
        if (this.#bars.dueUs < this.#dueUs) this.#dueUs = this.#bars.dueUs;
        return;
      case "quote":
        this.#quote(view.symbol, view.bid, view.ask);
        return;
      case "book":
        this.#quote(view.symbol, view.bids[0]?.price ?? null, view.asks[0]?.price ?? null);
        return;
      case "gap":
        this.#quote(view.symbol, null, null);
        return;
      case "freshness":
        this.#fresh = view.fresh;
        return;
      case "clock":
      case "resume":
        return;
      case "command":
        if (view.command) this.desk.obey(view.command);
        this.#review(null);
        return;
      case "watch":
        if (view.watch) this.desk.watch(view.watch.dog, view.watch.barking);
        return;
      default:
        if (view.venue) this.desk.hear(view.venue);
        this.#review(null);
    }
  }

  #quote(symbol: string, bid: PriceTicks | null, ask: PriceTicks | null): void {
    if (symbol !== this.#state.symbol) return;
    this.#bid = bid;
    this.#ask = ask;
  }

  /** Fires the timer that is due first, at its own instant. */
  #fire(): void {
    const dueUs = this.#dueUs;
    this.#moveTo(timeUs(Math.max(this.#nowUs, dueUs)));
    if (this.#bars.dueUs === dueUs) this.#closeBar();
    else {
      this.desk.leave("flat-by-time");
      this.#review(null);
    }
    this.#dueUs = Math.min(this.#bars.dueUs, this.#flatUs);
  }

  get #session(): SessionSpan {
    return this.#calendar.span(this.#nowUs);
  }

  /** Lets the desk ask for what is due, and sets the timer for being flat. */
  #review(bar: Bar | null): void {
    const { holdings } = this.desk;
    const level = bar && this.#trail.onBar(bar, holdings.trade, holdings.orders.values());
    this.desk.review(level);
    this.#flatUs = NEVER;
    if (holdings.net !== 0 && this.desk.leaving === null) this.#flatUs = this.#flatAt;
    this.#dueUs = Math.min(this.#bars.dueUs, this.#flatUs);
  }

  /** When a position must be gone: shortly before the regular session ends, at once outside of it. */
  get #flatAt(): number {
    const { state, rthEndUs } = this.#session;
    if (state.phase !== "rth" || rthEndUs === null) return this.#nowUs;
    const roll = phaseOf(this.#state.symbol, state.tradeDate);
    // On its last trade date a contract settles at the open: nothing is held into the regular session.
    if (roll === "last-day" || roll === "expired") return this.#nowUs;
    return Math.max(this.#nowUs, rthEndUs - this.#state.limits.flatMinutes * MINUTE_US);
  }

  #closeBar(): void {
    const bar = this.#bars.close();
    const { tradeDate } = this.#session.state;
    // Indicators do not reach over a session break.
    if (this.#tradeDate !== null && tradeDate !== this.#tradeDate) {
      this.#thinker = this.#strategy.create(this.#state.parameters);
    }
    this.#tradeDate = tradeDate;
    const opinion = this.#thinker.onBar(bar);
    this.#warm = opinion.kind !== "warming";
    this.desk.release();
    const risk = this.#riskView(bar.close);
    for (const limit of [dailyLoss, drawdown, consecutiveLosses]) {
      if (limit.stops(risk, this.#state.limits)) this.desk.halt(limit.name);
    }
    this.#decide(bar, opinion, this.#riskView(bar.close));
    this.#review(bar);
  }

  #riskView(mark: PriceTicks | null): RiskView {
    const { holdings, connection, instrument } = this.desk;
    const session = this.#session;
    const { tradeDate } = session.state;
    const day = holdings.day(tradeDate);
    return {
      nowUs: this.#nowUs,
      session,
      fresh: this.#fresh,
      roll: phaseOf(this.#state.symbol, tradeDate),
      quoted: this.#bid !== null && this.#ask !== null,
      lotValueMinor: mark === null ? null : moneyOf(instrument, mark),
      lots: holdings.net,
      ordersOpen: holdings.orders.size > 0,
      asked: holdings.asked,
      dayNetMinor: day.net + (mark === null ? 0 : holdings.openNet(mark)),
      equity: mark === null ? holdings.equity : holdings.equityAt(tradeDate, mark),
      losses: day.losses,
      halts: holdings.halts(tradeDate),
      venueReady: connection.isReady,
      inDoubt: holdings.inDoubt.length > 0,
      foreignLots: connection.foreignLots(this.#state.symbol),
      killed: holdings.latches.killed !== null,
      closeOnly: holdings.latches.closeOnly,
      armed: !this.#state.venue.needsArming || holdings.latches.armed === tradeDate,
      barking: connection.barking,
    };
  }

  #decide(bar: Bar, opinion: Opinion, risk: RiskView): void {
    const { limits, exits, strategy, symbol } = this.#state;
    const { desk } = this;
    const plan = opinion.kind === "signal" ? planOf(opinion, bar.close) : null;
    const stops = plan === null ? [] : desk.entryStops(plan.side, plan.stop);
    const losses = [dailyLoss, drawdown].filter((limit) => limit.stops(risk, limits));
    const { verdict, side, reasons } = decide({
      nowUs: this.#nowUs,
      opinion,
      lots: risk.lots,
      enteredAtUs: desk.holdings.trade?.enteredAtUs ?? null,
      blocks: [...new Set([...entryBlocks(risk, limits), ...stops])],
      leaving: desk.leaving,
      mustBeFlat: this.#flatAt <= this.#nowUs,
      lossesReached: losses.map(({ name }) => name),
      timeStopUs: exits.timeStopMinutes * MINUTE_US,
    });
    const close = priceDecimal(desk.instrument, bar.close);
    const body = { strategy, symbol, atUs: this.#nowUs, verdict, side, close, reasons };
    desk.decided(body);
    if (verdict === "exit") desk.leave(reasons[0] ?? "exit");
    if (verdict === "enter" && plan) desk.enter(plan.side, priceTicks(plan.stop), plan.reason);
  }

  /** What the signed status says of the engine. Changes nothing. */
  status(): EngineStatus {
    return statusOf({
      desk: this.desk,
      risk: this.#riskView(this.#last),
      limits: this.#state.limits,
      warm: this.#warm,
      last: this.#last,
    });
  }
}
