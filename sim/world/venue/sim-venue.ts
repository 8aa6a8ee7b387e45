import {
  type PriceTicks,
  priceTicks,
  qty,
  type Rng,
  SECOND_US,
  type TimeUs,
  timeUs,
} from "@believe/shared/base";
import { type Instrument, parsePrice, type TimedMarketEvent } from "@believe/shared/market";
import type {
  OrderWord,
  TradeCapabilities,
  TradeProvider,
  VenueEvent,
} from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";
import { Truth, type TruthOrder } from "./truth.ts";
import { Wire } from "./wire.ts";

type Intent = Body<"intent">;

/** What the world wants to go wrong with the next thing that the venue does; each answers once and is over. */
export interface VenueFaults {
  /** Whether this fault is due now. */
  take(
    kind:
      | "word-lost"
      | "word-late"
      | "word-twice"
      | "word-overtakes"
      | "partial-fill"
      | "fill-first"
      | "reject",
  ): boolean;
}

export interface SimVenueOptions {
  readonly instrument: Instrument;
  readonly rng: Rng;
  readonly faults: VenueFaults;
  readonly attachesStop: boolean;
  /** Told of everything that reaches the venue, before it acts. */
  readonly onArrival?: (intent: Intent, atUs: TimeUs) => void;
  /** Told of every word that the agent hears. */
  readonly onWord?: (word: VenueEvent) => void;
}

const NAME = "world";
const ACCOUNT = "W1";
const LATENCY_US = 20_000;
const LATE_US = 15 * SECOND_US;
/** A word that was lost is found out at the latest then: the link is cut and everything is told anew. */
const FOUND_OUT_US = 6 * SECOND_US;
const SNAPSHOT_US = 400_000;

/**
 * A venue behind a link that may fail in every way that the world knows. Its truth is kept apart from what it says.
 * It keeps orders, attaches stops, and after every connection tells all that it has.
 */
export class SimVenue implements TradeProvider {
  readonly truth: Truth;
  readonly capabilities: TradeCapabilities;
  readonly #options: SimVenueOptions;
  readonly #toVenue = new Wire<Intent>();
  readonly #toAgent = new Wire<VenueEvent>();
  #nowUs: TimeUs = timeUs(0);
  #bid: PriceTicks | null = null;
  #ask: PriceTicks | null = null;
  #isUp = false;
  #cutAtUs: number | null = null;
  #backAtUs = 0;
  #snapshotAtUs: number | null = null;
  #deafUntilUs = 0;

  constructor(options: SimVenueOptions) {
    this.#options = options;
    this.truth = new Truth(options.instrument.symbol);
    this.capabilities = {
      name: NAME,
      status: "works",
      orderTypes: ["MKT", "LMT", "STP"],
      timesInForce: ["day"],
      restsStops: true,
      attaches: { stop: options.attachesStop, target: false },
      oca: false,
      modifies: true,
      cancels: true,
      globalCancel: false,
      account: "paper",
      lotsMax: 100,
      partialFills: true,
      keepsOrders: true,
      sharesAccount: true,
    };
  }

  /** Whether the connection stands and everything was told on it. */
  get isReady(): boolean {
    return this.#isUp && this.#snapshotAtUs === null;
  }

  /** Requests that the venue has not got yet. */
  get inFlight(): number {
    return this.#toVenue.size;
  }

  /** Nothing is under way in either direction and nothing is about to be found out. */
  get isQuiet(): boolean {
    const idle = this.#toVenue.size === 0 && this.#toAgent.size === 0;
    return this.isReady && idle && this.#cutAtUs === null && this.#nowUs >= this.#deafUntilUs;
  }

  submit(intent: Intent, tsUs: TimeUs): void {
    // A link that only looks whole swallows what is sent.
    if (!this.#isUp || this.#nowUs < this.#deafUntilUs) {
      this.#foundOutBy(tsUs);
      return;
    }
    this.#toVenue.send(intent, tsUs + LATENCY_US + this.#options.rng.below(LATENCY_US));
  }

  due(tsUs: TimeUs): VenueEvent | null {
    this.advance(tsUs);
    if (this.#nowUs < this.#deafUntilUs) return null;
    const word = this.#toAgent.take(tsUs);
    if (word !== null) this.#options.onWord?.(word);
    return word;
  }

  onMarket(event: TimedMarketEvent): readonly VenueEvent[] {
    if (event.kind === "trade" || event.kind === "quote") {
      this.#bid = event.bid;
      this.#ask = event.ask;
    }
    this.advance(event.tsUs);
    return [];
  }

  resync(tsUs: TimeUs): void {
    this.drop(tsUs);
  }

  /** The agent's process is gone: its connection ends without a word, its requests under way may still arrive. */
  abandon(): void {
    for (const intent of this.#toVenue.cut(() => this.#options.rng.next() < 0.5)) {
      this.#arrive(intent);
    }
    this.#toAgent.cut(() => false);
    this.#isUp = false;
    this.#snapshotAtUs = null;
    this.#cutAtUs = null;
    this.#backAtUs = this.#nowUs;
  }

  /** The link ends now. What was under way was lost, or had arrived just before. */
  drop(tsUs: TimeUs, reason = "link-lost"): void {
    const survives = (): boolean => this.#options.rng.next() < 0.5;
    for (const intent of this.#toVenue.cut(survives)) this.#arrive(intent);
    const heard = this.#toAgent.cut(survives);
    for (const word of heard) this.#toAgent.send(word, tsUs);
    this.#isUp = false;
    this.#cutAtUs = null;
    this.#snapshotAtUs = null;
    this.#backAtUs = tsUs + SECOND_US + this.#options.rng.below(10 * SECOND_US);
    this.#toAgent.send({ kind: "link", tsUs, venue: NAME, state: "down", reason }, tsUs);
  }

  /** Nothing is heard in either direction for so long, then the link is found dead. */
  deafen(tsUs: TimeUs, forUs: number): void {
    this.#deafUntilUs = tsUs + forUs;
    this.#cutAtUs = this.#deafUntilUs;
  }

  /** Somebody else's order in this account; it fills at once if `fills`. */
  byHand(tsUs: TimeUs, fills: boolean): void {
    const side = this.#options.rng.below(2) === 0 ? "buy" : "sell";
    const price = side === "buy" ? this.#ask : this.#bid;
    if (price === null) return;
    const { symbol } = this.#options.instrument;
    const type = fills ? "MKT" : "LMT";
    const order = this.truth.add({ order: null, symbol, side, type, price, stop: null, qty: 1 });
    if (fills) {
      this.truth.execute(order, 1, price, tsUs);
      this.#tell(tsUs + SECOND_US);
      return;
    }
    const { order: _none, ...rest } = order;
    this.#say({
      kind: "foreign",
      tsUs,
      order: { ...rest, order: null, qty: qty(1), filled: qty(0), state: "working" },
    });
  }

  /** Takes back or changes an execution of ours; null when there is none. */
  revise(tsUs: TimeUs, bust: boolean): boolean {
    const ours = [...this.truth.executions.values()].filter(
      (one) => one.order !== null && one.qty > 0,
    );
    const chosen = ours[this.#options.rng.below(Math.max(1, ours.length))];
    if (chosen === undefined) return false;
    const price = priceTicks(chosen.price + 1);
    const revised = this.truth.revise(chosen.exec, { qty: bust ? qty(0) : chosen.qty, price });
    if (revised === null || revised.order === null) return false;
    const { exec, revision, order, symbol, side, qty: size } = revised;
    this.#say({
      kind: "correction",
      tsUs,
      order,
      symbol,
      exec,
      revision,
      side,
      qty: size,
      price,
      venue: NAME,
    });
    return true;
  }

  /** Tells an execution once more. */
  again(tsUs: TimeUs): boolean {
    const ours = [...this.truth.executions.values()].filter(
      (one) => one.order !== null && one.revision === 0,
    );
    const chosen = ours[this.#options.rng.below(Math.max(1, ours.length))];
    if (chosen === undefined || chosen.order === null) return false;
    const { exec, order, symbol, side, qty: size, price } = chosen;
    this.#say({
      kind: "execution",
      tsUs,
      order,
      symbol,
      exec,
      side,
      qty: size,
      price,
      venue: NAME,
    });
    return true;
  }

  /** Lets everything happen at the venue that happens by `tsUs`. */
  advance(tsUs: TimeUs): void {
    this.#nowUs = timeUs(Math.max(this.#nowUs, tsUs));
    if (this.#cutAtUs !== null && this.#cutAtUs <= this.#nowUs) this.drop(this.#nowUs, "silent");
    if (!this.#isUp && this.#backAtUs <= this.#nowUs) this.#connect();
    for (let intent = this.#toVenue.take(tsUs); intent; intent = this.#toVenue.take(tsUs)) {
      this.#arrive(intent);
    }
    for (const order of this.truth.orders) if (order.state === "working") this.#match(order);
    if (this.#snapshotAtUs !== null && this.#snapshotAtUs <= this.#nowUs) this.#snapshot();
  }

  #connect(): void {
    this.#isUp = true;
    this.#toAgent.send(
      { kind: "link", tsUs: this.#nowUs, venue: NAME, state: "syncing", reason: null },
      this.#nowUs,
    );
    this.#snapshotAtUs = this.#nowUs + SNAPSHOT_US;
  }

  #snapshot(): void {
    this.#snapshotAtUs = null;
    this.#tell(this.#nowUs);
    this.#toAgent.send(
      { kind: "link", tsUs: this.#nowUs, venue: NAME, state: "ready", reason: null },
      this.#nowUs,
    );
  }

  #tell(dueUs: number): void {
    if (!this.#isUp) return;
    const snapshot = this.truth.snapshot(NAME, ACCOUNT);
    // A snapshot taken while requests are under way cannot speak for their orders.
    const definite = this.#toVenue.size === 0;
    this.#toAgent.send(
      { kind: "snapshot", tsUs: this.#nowUs, snapshot: { ...snapshot, definite } },
      dueUs,
    );
  }

  #foundOutBy(tsUs: TimeUs): void {
    if (this.#isUp) this.#cutAtUs ??= tsUs + FOUND_OUT_US;
  }

  /** Puts a word on its way, as the faults that are due want it. */
  #say(word: VenueEvent): void {
    const { faults, rng } = this.#options;
    if (!this.#isUp) return;
    if (faults.take("word-lost")) {
      this.#foundOutBy(this.#nowUs);
      return;
    }
    let dueUs = this.#nowUs + LATENCY_US + rng.below(LATENCY_US);
    if (faults.take("word-late")) dueUs += rng.below(LATE_US);
    if (faults.take("word-overtakes")) dueUs = this.#nowUs;
    this.#toAgent.send(word, dueUs);
    if (faults.take("word-twice")) this.#toAgent.send(word, dueUs + rng.below(LATE_US));
  }

  #word(order: TruthOrder, word: "acknowledged" | "cancelled"): void {
    if (order.order === null) return;
    this.#say({ kind: word, tsUs: this.#nowUs, order: order.order, symbol: order.symbol });
  }

  #arrive(intent: Intent): void {
    this.#options.onArrival?.(intent, this.#nowUs);
    switch (intent.action) {
      case "cancel":
      case "move":
        this.#change(intent, intent.action);
        return;
      case "enter":
      case "protect":
      case "exit":
        this.#accept(intent);
        return;
    }
  }

  #change(intent: Intent, request: "cancel" | "move"): void {
    const { order: id, symbol } = intent;
    const order = this.truth.ours(id);
    if (order?.state !== "working" && order?.state !== "held") {
      const reason = order === undefined ? "not-at-venue" : "too-late";
      this.#say({ kind: "cancel-rejected", tsUs: this.#nowUs, order: id, symbol, request, reason });
      return;
    }
    if (request === "cancel") {
      order.state = "cancelled";
      this.#word(order, "cancelled");
      this.#endChildren(order);
      return;
    }
    const { instrument } = this.#options;
    if (intent.stop !== null) order.stop = parsePrice(instrument, intent.stop);
    const { stop, price } = order;
    this.#say({ kind: "moved", tsUs: this.#nowUs, order: id, symbol, stop, price });
  }

  #accept(intent: Intent): void {
    const { instrument, faults } = this.#options;
    const { order: id, symbol, side, type, qty: size } = intent;
    if (side === null || type === null || size === null) return;
    const isKnown = this.truth.ours(id) !== undefined;
    if (isKnown || faults.take("reject")) {
      const reason = isKnown ? "duplicate-order" : "by-venue";
      this.#say({ kind: "rejected", tsUs: this.#nowUs, order: id, symbol, reason });
      if (!isKnown) {
        this.truth.add({
          order: id,
          symbol,
          side,
          type,
          price: null,
          stop: null,
          qty: size,
          state: "rejected",
        });
      }
      return;
    }
    const at = (text: string | null): PriceTicks | null =>
      text === null ? null : parsePrice(instrument, text);
    const stop = type === "STP" ? at(intent.stop) : null;
    const order = this.truth.add({
      order: id,
      symbol,
      side,
      type,
      price: at(intent.price),
      stop,
      qty: size,
    });
    const attached = intent.attach?.stop ?? null;
    if (attached !== null) {
      this.truth.add({
        order: `${id}.S`,
        symbol,
        side: side === "buy" ? "sell" : "buy",
        type: "STP",
        price: null,
        stop: at(attached),
        qty: 0,
        parent: id,
        state: "held",
      });
    }
    if (faults.take("fill-first")) this.#match(order);
    this.#word(order, "acknowledged");
  }

  /** What the market does to an order that works. */
  #match(order: TruthOrder): void {
    const [bid, ask] = [this.#bid, this.#ask];
    if (bid === null || ask === null || order.state !== "working") return;
    const far = order.side === "buy" ? ask : bid;
    if (order.type === "STP") {
      const triggered =
        order.stop !== null && (order.side === "buy" ? ask >= order.stop : bid <= order.stop);
      if (!triggered) return;
    } else if (order.type === "LMT") {
      const crosses =
        order.price !== null && (order.side === "buy" ? ask <= order.price : bid >= order.price);
      if (!crosses) return;
    }
    const left = order.qty - order.filled;
    if (left <= 0) return;
    const part = left > 1 && this.#options.faults.take("partial-fill");
    const size = part ? 1 + this.#options.rng.below(left - 1) : left;
    const {
      exec,
      symbol,
      side,
      qty: done,
      price,
    } = this.truth.execute(order, size, far, this.#nowUs);
    this.#growChildren(order);
    if (order.order === null) {
      // The account's position is told whenever it is not what the venue's own words add up to.
      this.#tell(this.#nowUs + SECOND_US);
      return;
    }
    const word: OrderWord = {
      kind: "execution",
      tsUs: this.#nowUs,
      order: order.order,
      symbol,
      exec,
      side,
      qty: done,
      price,
      venue: NAME,
    };
    this.#say(word);
  }

  /** Children work from the first fill on and are as large as what was filled. */
  #growChildren(parent: TruthOrder): void {
    for (const child of this.truth.orders) {
      if (child.parent === null || child.parent !== parent.order) continue;
      if (child.state !== "held" && child.state !== "working") continue;
      const isFirst = child.state === "held";
      child.qty = parent.filled;
      child.state = "working";
      if (isFirst) this.#word(child, "acknowledged");
    }
  }

  #endChildren(parent: TruthOrder): void {
    if (parent.filled > 0) return;
    for (const child of this.truth.orders) {
      if (child.parent !== null && child.parent === parent.order && child.state === "held") {
        child.state = "cancelled";
        this.#word(child, "cancelled");
      }
    }
  }
}
