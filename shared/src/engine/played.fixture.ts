import { parseIsoUs, priceTicks, qty, SECOND_US, type TimeUs, timeUs } from "@believe/shared/base";
import { emptyHoldings, type OrderWord } from "@believe/shared/trade";
import type { Body, Draft } from "@believe/shared/wire";
import { EventCursor } from "./cursor.ts";
import { FIRST_TIP } from "./decision-chain.ts";
import { createEngine } from "./engine.ts";
import type { EngineEvent } from "./event.ts";
import { resumeState } from "./resume-state.ts";
import { READY } from "./venue.fixture.ts";

/** A record, and everything that stopped an entry when it was written. */
export interface Seen {
  readonly draft: Draft;
  readonly blocks: readonly string[];
}

/** Settings of the resume on top of a quick strategy on a venue that is ready. */
export type PlayedChange = Readonly<Record<string, unknown>>;

/** An engine with a strategy of three bars that is played prices, a bar each. Every word of the venue is the test's. */
export class Played {
  readonly seen: Seen[] = [];
  readonly symbol: string;
  readonly #cursor = new EventCursor();
  readonly #engine = createEngine({
    sink: {
      emit: (draft) =>
        this.seen.push({ draft, blocks: this.#engine.status()?.entries.reasons ?? [] }),
    },
  });
  #nowUs: TimeUs;
  #execs = 0;

  constructor(iso: string, change: PlayedChange = {}) {
    this.#nowUs = parseIsoUs(iso);
    const state = resumeState.parse({
      symbol: "MESH4",
      strategy: "sma-cross",
      parameters: { fast: 2, slow: 3, atr: 2, stopAtr: 1, stopTicksMin: 6, freshBars: 6 },
      limits: {},
      exits: {},
      decisionTip: FIRST_TIP,
      venue: { keepsOrders: true },
      connection: READY,
      holdings: emptyHoldings(),
      ...change,
    });
    this.symbol = state.symbol;
    this.step({ kind: "resume", tsUs: this.#nowUs, state });
    this.step({ kind: "freshness", tsUs: this.#nowUs, fresh: true });
  }

  get engine() {
    return this.#engine;
  }

  get nowUs(): TimeUs {
    return this.#nowUs;
  }

  step(event: EngineEvent): void {
    this.#engine.step(this.#cursor.at(event));
  }

  /** The prints of one bar each: a bar closes with the print after it. */
  bars(...prices: readonly number[]): void {
    for (const price of prices) {
      this.#nowUs = timeUs(this.#nowUs + 5 * SECOND_US);
      const row = { tsUs: this.#nowUs, stampUs: this.#nowUs, symbol: this.symbol };
      const best = { bid: priceTicks(price - 1), ask: priceTicks(price) };
      const sizes = { bidSize: qty(9), askSize: qty(9), size: qty(1), aggressor: null };
      const source = { run: "played", seq: 0 };
      this.step({ kind: "trade", ...row, ...best, ...sizes, source, price: priceTicks(price) });
    }
  }

  /** Prices that make the strategy want to buy at the close of the last bar but one. */
  rise(): void {
    this.bars(19_200, 19_200, 19_199, 19_198, 19_198, 19_204, 19_208);
  }

  gap(): void {
    const row = { tsUs: this.#nowUs, stampUs: this.#nowUs, symbol: this.symbol };
    this.step({ kind: "gap", ...row, source: { run: "played", seq: 0 } });
  }

  /** `lots` signed. */
  executed(order: string, lots: number, price: number): void {
    const side = lots > 0 ? "buy" : "sell";
    const what = { side, qty: qty(Math.abs(lots)), price: priceTicks(price) } as const;
    const exec = `E-${++this.#execs}`;
    this.say({ kind: "execution", ...this.#of(order), exec, ...what, venue: "test" });
  }

  acknowledged(order: string): void {
    this.say({ kind: "acknowledged", ...this.#of(order) });
  }

  cancelled(order: string): void {
    this.say({ kind: "cancelled", ...this.#of(order) });
  }

  say(word: OrderWord): void {
    this.step(word);
  }

  #of(order: string) {
    return { tsUs: this.#nowUs, order, symbol: this.symbol };
  }

  of<Name extends Draft["stream"]>(stream: Name): Body<Name>[] {
    return this.seen.flatMap(({ draft }) => (isOf(draft, stream) ? [draft.body] : []));
  }
}

function isOf<Name extends Draft["stream"]>(
  draft: Draft,
  stream: Name,
): draft is Draft & { stream: Name; body: Body<Name> } {
  return draft.stream === stream;
}
