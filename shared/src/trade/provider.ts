import type { TimeUs } from "@believe/shared/base";
import type { MarketEvent, TimedMarketEvent } from "@believe/shared/market";
import type { Body } from "@believe/shared/wire";
import type { VenueEvent } from "./venue-event.ts";

export type OrderType = NonNullable<Body<"intent">["type"]>;
export type TimeInForce = "day" | "gtc";

/** What a venue behind a provider can do: data that the contract suite, the engine's resume and the docs read. */
export interface TradeCapabilities {
  readonly name: string;
  readonly status: "works" | "planned";
  readonly orderTypes: readonly OrderType[];
  readonly timesInForce: readonly TimeInForce[];
  /** A stop rests at the venue, not in our process. */
  readonly restsStops: boolean;
  /** Children `<order>.S` and `.T` that come with an entry. */
  readonly attaches: { readonly stop: boolean; readonly target: boolean };
  /** One filled child cancels the other at the venue. */
  readonly oca: boolean;
  readonly modifies: boolean;
  readonly cancels: boolean;
  /** One command cancels everything. */
  readonly globalCancel: boolean;
  readonly account: "paper" | "live" | "both";
  /** Largest order, in lots. */
  readonly lotsMax: number;
  /** The venue may fill an order in parts. */
  readonly partialFills: boolean;
  /** Orders stay at the venue when our process or the link is gone: what was in flight is then unknown, not lost. */
  readonly keepsOrders: boolean;
  /** Others can trade the same account. */
  readonly sharesAccount: boolean;
}

/**
 * Carries orders to a venue and its words back; decides nothing. Polled and synchronous, so that the loop and a
 * simulated world drive it alike.
 */
export interface TradeProvider {
  readonly capabilities: TradeCapabilities;
  /** Takes an intent that is journaled already. Never throws for the venue's reasons: answers come as words. */
  submit(intent: Body<"intent">, tsUs: TimeUs): void;
  /** The next word whose time has come by `tsUs`, stamped no later than it; null when there is none. */
  due(tsUs: TimeUs): VenueEvent | null;
  /** What a market event brings at a venue that the market itself drives; others answer nothing. */
  onMarket(event: TimedMarketEvent): readonly VenueEvent[];
  /** Asks the venue for its full state: link syncing, snapshot and ready follow as words. Only where orders are kept. */
  resync?(tsUs: TimeUs): void;
}

export interface DataCapabilities {
  readonly name: string;
  readonly status: "works" | "planned";
  readonly trades: boolean;
  readonly quotes: boolean;
  /** Levels a side of the deepest book, 0 without one. */
  readonly depthLevels: number;
  /** Rows of a licensed feed are never shown to the public by default. */
  readonly licensed: boolean;
}

/** Rows met since the provider's state began, over restarts; `rowsRead` are ticks, the refused ones included. */
export interface DataCounters {
  readonly rowsRead: number;
  readonly rowsQuarantined: number;
  readonly domRows: number;
}

/** Market data, read when polled. What it found goes to the `onEvents` that it was made with. */
export interface DataProvider {
  readonly capabilities: DataCapabilities;
  readonly counters: DataCounters;
  /** True when the last poll found nothing more and everything read was delivered. */
  readonly caughtUp: boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
  poll(): void;
  /** Keeps how far it read. Call it once what was delivered is kept. */
  saveState(): void;
}

/** One batch, in the order of its stamps. */
export type OnEvents = (events: readonly MarketEvent[]) => void;
