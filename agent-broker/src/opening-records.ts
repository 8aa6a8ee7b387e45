import { nodeSha256 } from "@believe/host/keys";
import type { Opens } from "@believe/host/push";
import { decimalOf } from "@believe/shared/base";
import type {
  ConnectionState,
  JournalFold,
  ResumeState,
  VenueTraits,
} from "@believe/shared/engine";
import { exitRules } from "@believe/shared/exit";
import { type Instrument, instrumentOf } from "@believe/shared/market";
import { parametersHash, strategyNamed } from "@believe/shared/strategy";
import { Embargo, emptyHoldings, type HoldingsState } from "@believe/shared/trade";
import type { Draft } from "@believe/shared/wire";
import { type Signer, vkeyOf } from "@believe/shared/wire/log";
import type { BrokerConfig } from "./config.ts";
import { tradeCapabilitiesOf } from "./trade-line.ts";

export const AGENT_VERSION = "0.1.0";

/** The first record of a journal. */
export function genesisOf(
  config: BrokerConfig,
  keys: { readonly journal: Signer; readonly status: Signer },
): Draft {
  const { brand, origin, account, feed } = config;
  const vkey = ({ name, publicKey }: Signer): string => vkeyOf(name, publicKey);
  return {
    stream: "genesis",
    body: {
      brand,
      origin,
      account,
      feed: { name: feed.name, licensed: feed.licensed },
      instruments: [termsOf(instrumentOf(feed.symbol))],
      journalKey: vkey(keys.journal),
      statusKey: vkey(keys.status),
    },
  };
}

function termsOf(instrument: Instrument) {
  const { symbol, tickSize, priceDecimals, tickValueMinor, feePerSideMinor } = instrument;
  return {
    symbol,
    tickSize: decimalOf(tickSize, priceDecimals),
    tickValue: decimalOf(tickValueMinor, 2),
    feePerSide: decimalOf(feePerSideMinor, 2),
  };
}

/** What a start says: what runs, and from where it goes on. */
export function startOf(config: BrokerConfig, fold: JournalFold, lost: number): Draft {
  const strategy = strategyNamed(config.strategy.name);
  return {
    stream: "start",
    body: {
      version: AGENT_VERSION,
      node: process.version,
      strategy: strategy.name,
      parameters: parametersHash(strategy, {}, nodeSha256),
      decisionTip: fold.decisionTip,
      expiredIntents: fold.expired.length,
      lost,
    },
  };
}

/**
 * What the engine goes on from: the journal's holdings and chain under the configured strategy and limits, and the
 * venue's connection where a run follows another in this process.
 */
export function resumeStateOf(
  config: BrokerConfig,
  decisionTip: string,
  holdings: HoldingsState = emptyHoldings(),
  connection: ConnectionState | null = null,
): ResumeState {
  const strategy = strategyNamed(config.strategy.name);
  return {
    symbol: config.feed.symbol,
    strategy: strategy.name,
    parameters: strategy.parse({}),
    limits: config.risk.limits,
    exits: exitRules.parse({}),
    venue: traitsOf(config),
    ...(connection === null ? {} : { connection }),
    decisionTip,
    holdings,
  };
}

/** What the engine has to know of the configured venue. Live entries wait for a person's arming. */
function traitsOf(config: BrokerConfig): VenueTraits {
  const { attaches, keepsOrders } = tradeCapabilitiesOf(config);
  return { attachesStop: attaches.stop, keepsOrders, needsArming: config.account.kind === "live" };
}

/** A paper account's lines open at once, all of them; a live account's on its schedule, and some never. */
export function opens(kind: BrokerConfig["account"]["kind"]): Opens {
  return kind === "paper" ? () => true : new Embargo();
}
