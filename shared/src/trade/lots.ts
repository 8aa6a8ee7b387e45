import { type PriceTicks, priceTicks } from "@believe/shared/base";
import type { Side } from "@believe/shared/market";
import { opposite, signOf } from "./side.ts";

/** One open lot group: `qty` lots at one price. */
export interface Lot {
  readonly price: PriceTicks;
  readonly qty: number;
}

/** Open lots of one symbol, oldest first. Closing takes the oldest (FIFO); a fill beyond flat opens the other side. */
export class Lots {
  #side: Side | null = null;
  #open: { price: PriceTicks; qty: number }[] = [];

  constructor(side: Side | null = null, open: readonly Lot[] = []) {
    this.#side = open.length === 0 ? null : side;
    this.#open = open.map((lot) => ({ ...lot }));
  }

  get side(): Side | null {
    return this.#side;
  }

  get open(): readonly Lot[] {
    return this.#open;
  }

  /** Signed: positive when long. */
  get net(): number {
    const held = this.#open.reduce((sum, lot) => sum + lot.qty, 0);
    return this.#side === "sell" ? -held : held;
  }

  /** Σ price × qty of what is open, in ticks × lots, unsigned. */
  get cost(): number {
    return this.#open.reduce((sum, lot) => sum + lot.price * lot.qty, 0);
  }

  /** Takes a fill; gives what it realised, in ticks × lots, before fees. */
  fill(side: Side, qty: number, price: PriceTicks): number {
    let left = qty;
    let realised = 0;
    if (this.#side === opposite(side)) {
      while (left > 0) {
        const oldest = this.#open[0];
        if (!oldest) break;
        const closed = Math.min(left, oldest.qty);
        realised += signOf(this.#side) * (price - oldest.price) * closed;
        oldest.qty -= closed;
        left -= closed;
        if (oldest.qty === 0) this.#open.shift();
      }
      if (this.#open.length === 0) this.#side = null;
    }
    if (left > 0) {
      this.#side = side;
      this.#open.push({ price: priceTicks(price), qty: left });
    }
    return realised === 0 ? 0 : realised;
  }
}
