import { type PriceTicks, type TimeUs, timeUs } from "@believe/shared/base";
import type { Level } from "@believe/shared/market";
import type { CommandEvent, VenueEvent, WatchEvent } from "@believe/shared/trade";
import type { EngineEvent } from "./event.ts";
import type { ResumeState } from "./resume-state.ts";

/** What `step` may look at, for the length of the call: the same object shows the next event afterwards. */
export interface EventView {
  readonly tsUs: TimeUs;
  readonly kind: EngineEvent["kind"];
  /** Empty where the event speaks of no instrument. */
  readonly symbol: string;
  /** Of a trade. */
  readonly price: PriceTicks | null;
  readonly size: number;
  /** Of a trade or a quote. */
  readonly bid: PriceTicks | null;
  readonly ask: PriceTicks | null;
  /** Of a book. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly fresh: boolean;
  readonly venue: VenueEvent | null;
  readonly command: CommandEvent["command"] | null;
  /** Of a watch: the dog and whether it barks. */
  readonly watch: WatchEvent | null;
  readonly state: ResumeState | null;
}

const NO_LEVELS: readonly Level[] = [];

/** The reused cursor: `engine.step(cursor.at(event))` allocates nothing. */
export class EventCursor implements EventView {
  tsUs: TimeUs = timeUs(0);
  kind: EngineEvent["kind"] = "clock";
  symbol = "";
  price: PriceTicks | null = null;
  size = 0;
  bid: PriceTicks | null = null;
  ask: PriceTicks | null = null;
  bids = NO_LEVELS;
  asks = NO_LEVELS;
  fresh = false;
  venue: VenueEvent | null = null;
  command: CommandEvent["command"] | null = null;
  watch: WatchEvent | null = null;
  state: ResumeState | null = null;

  at(event: EngineEvent): this {
    this.tsUs = event.tsUs;
    this.kind = event.kind;
    this.venue = null;
    this.command = null;
    this.watch = null;
    this.state = null;
    switch (event.kind) {
      case "trade":
        this.price = event.price;
        this.size = event.size;
        this.symbol = event.symbol;
        this.bid = event.bid;
        this.ask = event.ask;
        return this;
      case "quote":
        this.symbol = event.symbol;
        this.bid = event.bid;
        this.ask = event.ask;
        return this;
      case "book":
        this.symbol = event.symbol;
        this.bids = event.bids;
        this.asks = event.asks;
        return this;
      case "gap":
        this.symbol = event.symbol;
        return this;
      case "clock":
        this.symbol = "";
        return this;
      case "freshness":
        this.symbol = "";
        this.fresh = event.fresh;
        return this;
      case "resume":
        this.symbol = "";
        this.state = event.state;
        return this;
      case "command":
        this.symbol = "";
        this.command = event.command;
        return this;
      case "watch":
        this.symbol = "";
        this.watch = event;
        return this;
      default:
        return this.#atVenue(event);
    }
  }

  #atVenue(event: VenueEvent): this {
    this.venue = event;
    switch (event.kind) {
      case "link":
      case "snapshot":
        this.symbol = "";
        return this;
      case "foreign":
        this.symbol = event.order.symbol;
        return this;
      default:
        this.symbol = event.symbol;
        return this;
    }
  }
}
