import {
  MINUTE_US,
  type Rng,
  SECOND_US,
  seededRng,
  type TimeUs,
  timeUs,
} from "@believe/shared/base";
import { activityAt } from "./activity.ts";
import { Book } from "./book.ts";
import { skewed, waiting } from "./draw.ts";
import { FairValue } from "./fair-value.ts";
import type { DomRow, TapeRow, TickRow } from "./tape.ts";

/** A product's typical level size, largest usual trade and opening price in ticks. */
export interface Profile {
  readonly depth: number;
  readonly largestTrade: number;
  readonly baseTicks: number;
}

/** Trading from one opening to the next close; `startMinute` is the opening's minute of the Chicago day. */
export interface Session {
  readonly startUs: TimeUs;
  readonly startMinute: number;
  readonly endUs: TimeUs;
}

/** Snapshots of the book leave at most this often, by session. */
const DOM_REGULAR_US = 500_000;
const DOM_QUIET_US = 1_000_000;
/** An event of the market makes about this many rows. */
const ROWS_PER_EVENT = 1.22;

/** One market in motion: asked for the rows of the next event, again and again. */
export class Market {
  readonly #rng: Rng;
  readonly #profile: Profile;
  readonly #fair: FairValue;
  readonly #book: Book;
  #burst = 1;
  #nowUs = 0;

  constructor(seed: string, profile: Profile) {
    const rng = seededRng(seed);
    this.#rng = rng.fork("events");
    this.#profile = profile;
    const base = profile.baseTicks + rng.below(81) - 40;
    this.#fair = new FairValue(rng.fork("value"), base + 0.5);
    this.#book = new Book(rng.fork("book"), base, profile.depth);
  }

  *session(session: Session): Generator<TapeRow, void, undefined> {
    this.#nowUs = session.startUs;
    let lastDomUs = Number.NEGATIVE_INFINITY;
    let shownBid = Number.NaN;
    let shownAsk = Number.NaN;
    for (;;) {
      const minute = (session.startMinute + (this.#nowUs - session.startUs) / MINUTE_US) % 1440;
      const activity = activityAt(minute);
      const rate = (activity.rowsPerS / ROWS_PER_EVENT) * this.#burst;
      const seconds = waiting(this.#rng) / rate;
      this.#nowUs += 1 + Math.floor(seconds * SECOND_US);
      if (this.#nowUs >= session.endUs - SECOND_US) return;
      this.#fair.advance(seconds, activity.sigma);
      this.#swing(seconds);
      yield* this.#event();
      const book = this.#book;
      const pause = activity.regular ? DOM_REGULAR_US : DOM_QUIET_US;
      const moved = book.bid !== shownBid || book.ask !== shownAsk;
      if (moved && this.#nowUs - lastDomUs >= pause) {
        lastDomUs = this.#nowUs;
        shownBid = book.bid;
        shownAsk = book.ask;
        yield this.#dom();
      }
    }
  }

  /** Bursts: excitement that an event may raise and that fades within seconds. */
  #swing(seconds: number): void {
    this.#burst -= (this.#burst - 0.75) * Math.min(1, seconds / 3);
    if (this.#rng.next() < 0.02) this.#burst += 1.5 * this.#fair.volatility;
    if (this.#burst > 6) this.#burst = 6;
  }

  *#event(): Generator<TickRow, void, undefined> {
    const book = this.#book;
    const value = this.#fair.ticks;
    if (value > book.ask + 0.25) return yield* this.#sweepUp(value);
    if (value < book.bid - 0.25) return yield* this.#sweepDown(value);
    const draw = this.#rng.next();
    if (book.spread > 1 && draw < 0.6) {
      if (value > book.bid + book.spread / 2) book.raiseBid();
      else book.lowerAsk();
      return yield this.#quote();
    }
    if (book.spread === 1 && draw > 0.988) {
      if (value > book.bid + 0.5) book.liftAsk();
      else book.dropBid();
      return yield this.#quote();
    }
    if (draw < 0.55) {
      const lean = 0.5 + 0.3 * (value - (book.bid + book.ask) / 2);
      return yield this.#trade(this.#rng.next() < lean ? "ASK" : "BID");
    }
    book.churn(this.#rng.next() < 0.5 ? book.bidSizes : book.askSizes);
    yield this.#quote();
  }

  *#sweepUp(value: number): Generator<TickRow, void, undefined> {
    const book = this.#book;
    for (let level = 0; level < 8 && value > book.ask + 0.25; level++) {
      yield this.#trade("ASK");
      book.liftAsk();
      this.#nowUs += 1 + this.#rng.below(60);
      while (book.spread > 1 && (book.spread > 2 || this.#rng.next() < 0.9)) book.raiseBid();
    }
    yield this.#quote();
  }

  *#sweepDown(value: number): Generator<TickRow, void, undefined> {
    const book = this.#book;
    for (let level = 0; level < 8 && value < book.bid - 0.25; level++) {
      yield this.#trade("BID");
      book.dropBid();
      this.#nowUs += 1 + this.#rng.below(60);
      while (book.spread > 1 && (book.spread > 2 || this.#rng.next() < 0.9)) book.lowerAsk();
    }
    yield this.#quote();
  }

  #trade(type: "ASK" | "BID"): TickRow {
    const book = this.#book;
    const buys = type === "ASK";
    const standing = buys ? book.askSize : book.bidSize;
    const volume = Math.min(skewed(this.#rng, this.#profile.largestTrade), standing);
    const row = this.#row(type, buys ? book.ask : book.bid, volume);
    book.take(buys ? book.askSizes : book.bidSizes, volume);
    return row;
  }

  #quote(): TickRow {
    return this.#row("QUOTE", null, 0);
  }

  #row(type: TickRow["type"], price: number | null, volume: number): TickRow {
    const { bid, ask, bidSize, askSize, bidDepth, askDepth } = this.#book;
    const stampUs = timeUs(this.#nowUs);
    return {
      kind: "tick",
      stampUs,
      type,
      price,
      volume,
      bid,
      bidSize,
      ask,
      askSize,
      bidDepth,
      askDepth,
    };
  }

  #dom(): DomRow {
    const { bid, ask, bidSizes, askSizes } = this.#book;
    return {
      kind: "dom",
      stampUs: timeUs(this.#nowUs),
      bid,
      ask,
      bidSizes: [...bidSizes],
      askSizes: [...askSizes],
    };
  }
}
