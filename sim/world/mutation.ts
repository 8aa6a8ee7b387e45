import type { Limits } from "@believe/shared/risk";
import type { HoldingsState, TradeProvider } from "@believe/shared/trade";
import type { Command } from "@believe/shared/wire";
import type { Journal } from "../../agent-broker/src/record/journal.ts";
import type { Recovered } from "../../agent-broker/src/recover.ts";
import type { OrderPath, TradingLoop } from "../../agent-broker/src/trading-loop.ts";
import type { SimVenue } from "./venue/sim-venue.ts";

/** What a planted mistake has at hand. */
export interface Parts {
  /** The way to the venue past the bridge. */
  readonly provider: TradeProvider;
  readonly venue: SimVenue;
  /** The true time. */
  readonly nowUs: () => number;
  readonly wallUs: () => number;
}

/** A mistake planted into one piece of the agent, around it or in its place. The product knows nothing of it. */
export interface Mutation {
  /** In place of the bridge between loop and venue. */
  readonly path?: (bridge: OrderPath, parts: Parts) => OrderPath;
  /** In place of the journal. */
  readonly journal?: (recovered: Recovered, parts: Parts & { path: () => OrderPath }) => Journal;
  readonly limits?: Partial<Limits>;
  /** What a start takes over from the journal. */
  readonly holdings?: (state: HoldingsState) => HoldingsState;
  /** Whether another process is seen to run. */
  readonly seesOthers?: boolean;
  readonly answerWithinUs?: number;
  readonly keepsOrders?: boolean;
  readonly obey?: (loop: TradingLoop, command: Command, recovered: Recovered) => void;
}
