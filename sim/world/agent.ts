import type { JournalLine, Processes } from "@believe/host/wal";
import { type Disk, type Rng, type TimeUs, timeUs } from "@believe/shared/base";
import type { Engine, ResumeState } from "@believe/shared/engine";
import { limits } from "@believe/shared/risk";
import { strategyNamed } from "@believe/shared/strategy";
import type { TradeProvider } from "@believe/shared/trade";
import { Bridge } from "../../agent-broker/src/bridge/index.ts";
import { MarketClock } from "../../agent-broker/src/clock/market-clock.ts";
import type { BrokerConfig } from "../../agent-broker/src/config.ts";
import { genesisOf, resumeStateOf, startOf } from "../../agent-broker/src/opening-records.ts";
import type { Written } from "../../agent-broker/src/record/journal.ts";
import { type Recovered, recover } from "../../agent-broker/src/recover.ts";
import { TradingLoop } from "../../agent-broker/src/trading-loop.ts";
import { keys } from "./keys.ts";

export const SYMBOL = "MESH4";

const CONFIG: BrokerConfig = {
  state: "/state",
  brand: "world",
  origin: "world.example/j/broker",
  account: { kind: "paper", name: "W1" },
  feed: {
    folder: "/feed",
    symbol: SYMBOL,
    name: "world",
    seeded: true,
    licensed: false,
    pollMs: 10,
    staleAfterMs: 5_000,
  },
  clock: { kind: "receipt" },
  worker: { url: "http://127.0.0.1:1" },
  witnesses: [],
  disk: { freeBytesMin: 0 },
  push: { statusMs: 1_000, pendingMs: 1_000, leavesPerSecond: 4 },
  strategy: { name: "sma-cross" },
  trade: { provider: "paper" },
  drainMs: 0,
};

export interface Boot {
  readonly disk: Disk;
  readonly venue: TradeProvider;
  readonly rng: Rng;
  readonly wallUs: () => TimeUs;
  /** Number of this start: a later process is never taken for an earlier one. */
  readonly pid: number;
  readonly killed: () => boolean;
  /** The journal as it was found, before anything is added to it. */
  readonly onFound: (journal: Iterable<JournalLine>) => void;
  readonly onWritten: (written: Written) => void;
}

/** The broker's order path, put together as the agent does it, over simulated ports: one process until it dies. */
export class SimAgent {
  readonly recovered: Recovered;
  readonly bridge: Bridge;
  readonly loop: TradingLoop;
  readonly #venue: TradeProvider;

  /** The start-up path. Throws what the disk throws. */
  constructor({ disk, venue, rng, wallUs, pid, killed, onFound, onWritten }: Boot) {
    this.#venue = venue;
    const { keepsOrders } = venue.capabilities;
    const of = { config: CONFIG, wallUs, keys, keyChanges: { changes: [] }, keepsOrders };
    this.recovered = recover(of, wallUs(), {
      disk,
      processes: processesOf(pid, wallUs),
      salt: () => Uint8Array.from({ length: 16 }, () => rng.below(256)),
    });
    onFound(this.recovered.wal.records());
    const { journal, capture, fold, resumedAtUs, closed } = this.recovered;
    this.bridge = new Bridge({ provider: venue, killed });
    this.loop = new TradingLoop({
      venue: this.bridge,
      journal,
      capture,
      clock: new MarketClock(CONFIG.clock, wallUs, resumedAtUs),
      resumeFrom: (engine) => this.#resume(engine.decisionTip, engine),
      onSegment: (segment) => closed.add(segment),
    });
    journal.onWritten(onWritten);
    journal.advance(resumedAtUs);
    if (fold.genesis === null) journal.append(genesisOf(CONFIG, keys));
    journal.append(startOf(CONFIG, fold, 0));
    journal.sync();
    this.loop.resume(resumedAtUs, this.#resume(fold.decisionTip, null));
  }

  #resume(decisionTip: string, engine: Engine | null): ResumeState {
    const holdings = engine?.holdings?.state() ?? this.recovered.fold.holdings;
    const { attaches, keepsOrders } = this.#venue.capabilities;
    return {
      ...resumeStateOf(CONFIG, decisionTip, holdings),
      parameters: strategyNamed(CONFIG.strategy.name).parse({
        fast: 2,
        slow: 3,
        atr: 2,
        stopAtr: 1,
        freshBars: 2,
      }),
      limits: limits.parse({
        lots: 3,
        positionLotsMax: 3,
        ordersPerMinuteMax: 60,
        dailyLossMinorMax: 100_000_000,
        consecutiveLossesMax: 1_000_000,
      }),
      venue: { attachesStop: attaches.stop, keepsOrders, needsArming: false },
    };
  }
}

function processesOf(pid: number, wallUs: () => TimeUs): Processes {
  return {
    self: pid,
    startOf: (other) => (other === pid ? `start-${pid}` : null),
    isRunning: (other) => other === pid,
    nowMs: () => Math.floor(wallUs() / 1000),
    bootedAtMs: () => 0,
  };
}

/** Nothing before this instant is asked of the world. */
export const BEGINS_US = timeUs(Date.UTC(2024, 0, 9, 14, 45) * 1000);
