import { join } from "node:path";
import { invariant, type TimeUs } from "@believe/shared/base";
import { instrumentOf } from "@believe/shared/market";
import { createPaperVenue } from "@believe/shared/match";
import type { HoldingsState, TradeCapabilities, TradeProvider } from "@believe/shared/trade";
import type { BrokerConfig } from "./config.ts";
import { providerFor, SierraTrade } from "./providers/index.ts";

/** The configured venue, ready to be driven. */
export interface TradeLine {
  readonly provider: TradeProvider;
  /** Keeps how far the venue was heard. Call it once every word so far is captured and synced. */
  saveState(): void;
  close(): void;
}

export interface TradeLineOptions {
  readonly config: BrokerConfig;
  /** As the journal has it: what the venue of a dead process knew, and the highest number that was ever given. */
  readonly holdings: Pick<HoldingsState, "orders" | "counters">;
  readonly wallUs: () => TimeUs;
}

/** What the configured venue can do. Throws `BrokerFailure` where there is no such provider. */
export function tradeCapabilitiesOf({ trade }: Pick<BrokerConfig, "trade">): TradeCapabilities {
  const { trade: capabilities } = providerFor(trade.provider, "trade");
  invariant(capabilities, "a provider found for orders takes orders");
  return capabilities;
}

/** Opens the configured venue. Throws what its files throw when they are damaged. */
export function openTradeLine({ config, holdings, wallUs }: TradeLineOptions): TradeLine {
  const { account, feed, state, trade } = config;
  if (trade.provider === "paper") {
    const venue = createPaperVenue({
      instruments: [instrumentOf(feed.symbol)],
      latencyUs: 150_000,
      jitterUs: 50_000,
      slippageTicks: 1,
      seed: feed.symbol,
    });
    venue.restore(holdings.orders);
    return { provider: venue, saveState: () => {}, close: () => {} };
  }
  const provider = new SierraTrade({
    folder: trade.folder,
    quarantineFolder: join(state, "quarantine"),
    stateFile: join(state, "trade.json"),
    symbol: feed.symbol,
    account,
    cmdSeqFloor: holdings.counters.intent,
    wallUs,
  });
  return {
    provider,
    saveState: () => provider.saveState(),
    close: () => provider.close(),
  };
}
