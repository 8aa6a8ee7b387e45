import type { PriceTicks, Sha256, TimeUs } from "@believe/shared/base";
import {
  type Instrument,
  instrumentOf,
  priceDecimal,
  SessionCalendar,
} from "@believe/shared/market";
import { Holdings } from "@believe/shared/trade";
import type { Body, Draft } from "@believe/shared/wire";
import { DecisionChain } from "./decision-chain.ts";
import type { ResumeState } from "./resume-state.ts";

/** Where the effects of a step go. A draft counts only when the host has made it durable. */
export interface Sink {
  emit(draft: Draft): void;
}

/** What a run writes down: each record goes into the chain, the holdings and the sink, stamped by the market clock. */
export class Records {
  readonly instrument: Instrument;
  readonly holdings: Holdings;
  readonly chain: DecisionChain;
  readonly #sink: Sink;
  readonly #calendar = new SessionCalendar();
  #nowUs: TimeUs;

  constructor(sink: Sink, state: ResumeState, options: { tsUs: TimeUs; sha256?: Sha256 }) {
    this.#sink = sink;
    this.#nowUs = options.tsUs;
    this.instrument = instrumentOf(state.symbol);
    this.holdings = new Holdings(this.instrument, state.holdings);
    this.chain = new DecisionChain(state.decisionTip, options.sha256);
  }

  get nowUs(): TimeUs {
    return this.#nowUs;
  }

  moveTo(nowUs: TimeUs): void {
    this.#nowUs = nowUs;
  }

  emit(draft: Draft): void {
    this.chain.add(draft);
    this.holdings.apply(draft);
    this.#sink.emit(draft);
  }

  /** Emits an execution or a correction, and everything that follows from it. */
  settle(draft: Draft): void {
    this.emit(draft);
    for (let owed = this.holdings.owed(); owed; owed = this.holdings.owed()) this.emit(owed);
  }

  /** Ends new entries: once per reason that stands. */
  halt(reason: string): void {
    const { tradeDate } = this.#calendar.span(this.#nowUs).state;
    if (this.holdings.halts(tradeDate).includes(reason)) return;
    this.emit({ stream: "halt", body: { atUs: this.#nowUs, reason } });
  }

  outcome(outcome: Omit<Body<"order">, "atUs" | "symbol">): void {
    const { order, intent, state, reason } = outcome;
    const { symbol } = this.instrument;
    const body = { order, intent, symbol, atUs: this.#nowUs, state, reason };
    this.emit({ stream: "order", body });
  }

  price(price: PriceTicks): string {
    return priceDecimal(this.instrument, price);
  }
}
