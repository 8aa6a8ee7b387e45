import type { Rng } from "@believe/shared/base";

const LEVELS = 10;

/** Ten levels a side without holes. Level i of the bids is at `bid - i`, of the asks at `ask + i`. */
export class Book {
  readonly bidSizes: number[] = [];
  readonly askSizes: number[] = [];
  bid: number;
  ask: number;
  readonly #rng: Rng;
  readonly #depth: number;

  /** `depth` is the typical size of a level in lots. */
  constructor(rng: Rng, bid: number, depth: number) {
    this.#rng = rng;
    this.#depth = depth;
    this.bid = bid;
    this.ask = bid + 1;
    for (let i = 0; i < LEVELS; i++) {
      this.bidSizes.push(this.#fresh(i));
      this.askSizes.push(this.#fresh(i));
    }
  }

  get spread(): number {
    return this.ask - this.bid;
  }

  get bidSize(): number {
    return this.bidSizes[0] ?? 0;
  }

  get askSize(): number {
    return this.askSizes[0] ?? 0;
  }

  get bidDepth(): number {
    return this.bidSizes.reduce((sum, size) => sum + size, 0);
  }

  get askDepth(): number {
    return this.askSizes.reduce((sum, size) => sum + size, 0);
  }

  /** The best ask is gone. */
  liftAsk(): void {
    this.ask++;
    this.askSizes.shift();
    this.askSizes.push(this.#fresh(LEVELS - 1));
  }

  /** The best bid is gone. */
  dropBid(): void {
    this.bid--;
    this.bidSizes.shift();
    this.bidSizes.push(this.#fresh(LEVELS - 1));
  }

  /** A new best bid one tick higher. */
  raiseBid(): void {
    this.bid++;
    this.bidSizes.unshift(this.#fresh(0));
    this.bidSizes.pop();
  }

  /** A new best ask one tick lower. */
  lowerAsk(): void {
    this.ask--;
    this.askSizes.unshift(this.#fresh(0));
    this.askSizes.pop();
  }

  /** A trade of `volume` lots at the best bid or ask; what is left is at least one lot. */
  take(sizes: number[], volume: number): void {
    sizes[0] = Math.max(1, (sizes[0] ?? 1) - volume);
  }

  /** Orders come and go at the best level and at one deeper level of a side. */
  churn(sizes: number[]): void {
    sizes[0] = this.#moved(sizes[0] ?? 1, 0);
    const deeper = 1 + this.#rng.below(LEVELS - 1);
    sizes[deeper] = this.#moved(sizes[deeper] ?? 1, deeper);
  }

  #moved(size: number, level: number): number {
    const target = this.#fresh(level);
    const next = size + Math.floor((target - size) / 3) + this.#rng.below(5) - 2;
    return Math.max(1, next);
  }

  #fresh(level: number): number {
    const typical = level === 0 ? this.#depth * 0.6 : this.#depth;
    return 1 + Math.floor(typical * (0.4 + 1.2 * this.#rng.next()));
  }
}
