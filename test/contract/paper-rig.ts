import { type TimeUs, timeUs } from "@believe/shared/base";
import { instrumentOf } from "@believe/shared/market";
import { createPaperVenue, type PaperVenue } from "@believe/shared/match";
import {
  emptyHoldings,
  Holdings,
  type TradeProvider,
  type VenueEvent,
} from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";
import { quoteAt, type RigMaker, START, SYMBOL, type TradeRig, type Wrap } from "./trade-rig.ts";

const LATENCY_US = 40_000;

/** The paper venue as the broker agent drives it; what a start gives back comes from our own records. */
class PaperRig implements TradeRig {
  nowUs: TimeUs = START;
  readonly #wrap: Wrap;
  readonly #holdings = new Holdings(instrumentOf(SYMBOL), emptyHoldings());
  #venue: PaperVenue;
  #provider: TradeProvider;
  #words: VenueEvent[] = [];

  constructor(wrap: Wrap) {
    this.#wrap = wrap;
    this.#venue = paper();
    this.#provider = wrap(this.#venue);
  }

  submit(intent: Body<"intent">): void {
    const known = intent.action !== "cancel" || this.#holdings.orders.has(intent.order);
    if (known && intent.action !== "move") {
      this.#holdings.apply({ stream: "intent", body: intent });
    }
    this.#provider.submit(intent, this.nowUs);
  }

  quote(bid: number, ask: number, lots: number): void {
    this.nowUs = timeUs(this.nowUs + 1);
    this.#take(this.#provider.onMarket(quoteAt(this.nowUs, bid, ask, lots)));
  }

  hear(ms = 200): VenueEvent[] {
    this.nowUs = timeUs(this.nowUs + ms * 1_000);
    for (let word = this.#provider.due(this.nowUs); word; word = this.#provider.due(this.nowUs)) {
      this.#take([word]);
    }
    const words = this.#words;
    this.#words = [];
    return words;
  }

  working(): number {
    return this.#venue.resting;
  }

  restart(): void {
    this.#venue = paper();
    this.#venue.restore(this.#holdings.orders.values());
    this.#provider = this.#wrap(this.#venue);
  }

  dropLink(): void {}
  mendLink(): void {}
  repeat(): void {}
  foreign(): void {}
  close(): void {}

  /** Keeps the records that a journal would: what a restart knows of resting orders. */
  #take(words: readonly VenueEvent[]): void {
    this.#words.push(...words);
    for (const word of words) {
      if (!("order" in word) || typeof word.order !== "string") continue;
      const known = this.#holdings.orders.get(word.order);
      if (known === undefined) continue;
      const { order, tsUs: atUs } = word;
      const of = { order, intent: known.intent, symbol: SYMBOL, atUs, reason: null };
      const ends = word.kind === "execution" || word.kind === "cancelled";
      const state = ends ? "filled" : word.kind === "acknowledged" ? "acknowledged" : null;
      if (state !== null) this.#holdings.apply({ stream: "order", body: { ...of, state } });
    }
  }
}

function paper(): PaperVenue {
  const instruments = [instrumentOf(SYMBOL)];
  return createPaperVenue({ instruments, latencyUs: LATENCY_US, slippageTicks: 0, seed: "rig" });
}

export const paperRig: RigMaker = {
  capabilities: paper().capabilities,
  make: (wrap) => new PaperRig(wrap),
};
