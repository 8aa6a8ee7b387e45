import { type PriceTicks, priceTicks, qty, type TimeUs, timeUs } from "@believe/shared/base";
import { instrumentOf, priceDecimal, type TimedMarketEvent } from "@believe/shared/market";
import type { TradeCapabilities, TradeProvider, VenueEvent } from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";

export const SYMBOL = "MESH4";
export const START = timeUs(1_704_810_000_000_000);

/** Sits between a provider and the suite: how a planted fault gets in. */
export type Wrap = (provider: TradeProvider) => TradeProvider;

/** A provider with its venue, and what a test can do to both. Prices are ticks. */
export interface TradeRig {
  readonly nowUs: TimeUs;
  submit(intent: Body<"intent">): void;
  /** The venue's market stands at bid and ask, with so many lots on each side. */
  quote(bid: number, ask: number, lots: number): void;
  /** Lets time pass and gives every word that came since the last call. */
  hear(ms?: number): VenueEvent[];
  /** Orders that live at the venue, whoever's. */
  working(): number;
  dropLink(): void;
  mendLink(): void;
  /** The venue tells its newest rows again. */
  repeat(): void;
  /** Somebody else places an order at the same account. */
  foreign(): void;
  /** The process with the provider ends and begins again, knowing what it kept. */
  restart(): void;
  close(): void;
}

export interface RigMaker {
  readonly capabilities: TradeCapabilities;
  make(wrap: Wrap): TradeRig;
}

export function quoteAt(tsUs: TimeUs, bid: number, ask: number, lots: number): TimedMarketEvent {
  return {
    kind: "quote",
    tsUs,
    stampUs: tsUs,
    symbol: SYMBOL,
    source: { run: "rig", seq: 1 },
    bid: priceTicks(bid),
    bidSize: qty(lots),
    ask: priceTicks(ask),
    askSize: qty(lots),
  };
}

export function decimal(ticks: number): string {
  const price: PriceTicks = priceTicks(ticks);
  return priceDecimal(instrumentOf(SYMBOL), price);
}

let asked = 0;

/** An intent; what is not said is a limit order to buy one lot. Its id is its own. */
export function intent(change: Partial<Body<"intent">>): Body<"intent"> {
  return {
    intent: `I-${++asked}`,
    order: "B-000001",
    strategy: "contract",
    symbol: SYMBOL,
    atUs: START,
    action: "exit",
    side: "buy",
    qty: 1,
    type: "LMT",
    price: decimal(90),
    stop: null,
    reason: "contract",
    ...change,
  };
}

const NOTHING = { side: null, qty: null, type: null, price: null } as const;

export function cancelOf(order: string): Body<"intent"> {
  return intent({ ...NOTHING, order, action: "cancel" });
}

export function moveOf(order: string, price: number): Body<"intent"> {
  return intent({ ...NOTHING, order, action: "move", price: decimal(price) });
}
