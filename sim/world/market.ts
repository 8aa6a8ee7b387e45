import { type PriceTicks, priceTicks, qty, type Rng, type TimeUs } from "@believe/shared/base";
import type { TradeEvent } from "@believe/shared/market";

/** A trade with both sides of the market. */
export interface Tick extends TradeEvent {
  readonly bid: PriceTicks;
  readonly ask: PriceTicks;
}

/** A cheap market: a random walk of one price by ticks, one tick wide. */
export class WalkingMarket {
  readonly #rng: Rng;
  readonly #symbol: string;
  #bid = 19_200;
  #seq = 0;

  constructor(rng: Rng, symbol: string) {
    this.#rng = rng;
    this.#symbol = symbol;
  }

  get bid(): PriceTicks {
    return priceTicks(this.#bid);
  }

  trade(stampUs: TimeUs): Tick {
    this.#bid += this.#rng.below(7) - 3;
    const isBuy = this.#rng.below(2) === 0;
    const ask = priceTicks(this.#bid + 1);
    return {
      kind: "trade",
      symbol: this.#symbol,
      stampUs,
      source: { run: "world", seq: ++this.#seq },
      bid: this.bid,
      bidSize: qty(5),
      ask,
      askSize: qty(5),
      price: isBuy ? ask : this.bid,
      size: qty(1),
      aggressor: isBuy ? "buy" : "sell",
    };
  }
}
