import { type JournalLine, type Processes, Wal, WalFailure } from "@believe/host/wal";
import { type Disk, type Rng, type TimeUs, timeUs } from "@believe/shared/base";
import type { Engine, ResumeState } from "@believe/shared/engine";
import { limits } from "@believe/shared/risk";
import { strategyNamed } from "@believe/shared/strategy";
import type { TradeProvider } from "@believe/shared/trade";
import type { Body, Command } from "@believe/shared/wire";
import { Bridge } from "../../agent-broker/src/bridge/index.ts";
import { MarketClock } from "../../agent-broker/src/clock/market-clock.ts";
import type { BrokerConfig } from "../../agent-broker/src/config.ts";
import { genesisOf, resumeStateOf, startOf } from "../../agent-broker/src/opening-records.ts";
import type { Written } from "../../agent-broker/src/record/journal.ts";
import { type Recovered, recover } from "../../agent-broker/src/recover.ts";
import { TradingLoop } from "../../agent-broker/src/trading-loop.ts";
import { ORIGIN } from "../../test/sim/crash/edge.ts";
import { keys } from "./keys.ts";
import type { Mutation } from "./mutation.ts";
import type { SimVenue } from "./venue/sim-venue.ts";

export const SYMBOL = "MESH4";

const LIMITS = limits.parse({
  lots: 3,
  positionLotsMax: 3,
  ordersPerMinuteMax: 60,
  dailyLossMinorMax: 100_000_000,
  consecutiveLossesMax: 1_000_000,
});

const CONFIG: BrokerConfig = {
  state: "/state",
  brand: "world",
  origin: ORIGIN,
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
  risk: { limits: limits.parse({}) },
  console: { port: 0 },
  drainMs: 0,
};

export interface Boot {
  readonly disk: Disk;
  readonly venue: SimVenue;
  readonly rng: Rng;
  readonly wallUs: () => TimeUs;
  readonly nowUs: () => TimeUs;
  /** Number of this start: a later process is never taken for an earlier one. */
  readonly pid: number;
  readonly killed: () => boolean;
  readonly mutation: Mutation;
  /** Told of each request that the loop hands over, before its link sees it. */
  readonly onSubmit: (intent: Body<"intent">) => void;
  /** The journal as it was found, before anything is added to it. */
  readonly onFound: (journal: Iterable<JournalLine>) => void;
  readonly onWritten: (written: Written) => void;
}

/** The broker's order path, put together as the agent does it, over simulated ports: one process until it dies. */
export class SimAgent {
  readonly recovered: Recovered;
  readonly bridge: Bridge;
  readonly loop: TradingLoop;
  readonly #venue: SimVenue;
  readonly #mutation: Mutation;

  /** The start-up path. Throws what the disk throws. */
  constructor({ disk, venue, rng, wallUs, nowUs, pid, killed, mutation, ...told }: Boot) {
    this.#venue = venue;
    this.#mutation = mutation;
    const { keepsOrders = venue.capabilities.keepsOrders, answerWithinUs } = mutation;
    const of = { config: CONFIG, wallUs, keys, keyChanges: { changes: [] }, keepsOrders };
    this.recovered = recover(of, wallUs(), {
      disk,
      processes: processesOf(pid, wallUs, mutation.seesOthers ?? true),
      salt: () => Uint8Array.from({ length: 16 }, () => rng.below(256)),
    });
    told.onFound(this.recovered.wal.records());
    const { capture, fold, resumedAtUs, closed } = this.recovered;
    const provider = watched(venue, told.onSubmit);
    const parts = { provider, venue, nowUs, wallUs };
    this.bridge = new Bridge({
      provider,
      killed,
      ...(answerWithinUs === undefined ? {} : { answerWithinUs }),
    });
    const path = mutation.path?.(this.bridge, parts) ?? this.bridge;
    const journal =
      mutation.journal?.(this.recovered, { ...parts, path: () => path }) ?? this.recovered.journal;
    this.loop = new TradingLoop({
      venue: path,
      journal,
      capture,
      clock: new MarketClock(CONFIG.clock, wallUs, resumedAtUs),
      resumeFrom: (engine) => this.#resume(engine.decisionTip, engine),
      onSegment: (segment) => closed.add(segment),
    });
    journal.onWritten(told.onWritten);
    journal.advance(resumedAtUs);
    if (fold.genesis === null) journal.append(genesisOf(CONFIG, keys));
    journal.append(startOf(CONFIG, fold, 0));
    journal.sync();
    this.loop.resume(resumedAtUs, this.#resume(fold.decisionTip, null));
  }

  obey(command: Command): void {
    if (this.#mutation.obey) this.#mutation.obey(this.loop, command, this.recovered);
    else this.loop.onCommand(command);
  }

  #resume(decisionTip: string, engine: Engine | null): ResumeState {
    const held = engine?.holdings?.state() ?? this.recovered.fold.holdings;
    const holdings = this.#mutation.holdings?.(held) ?? held;
    const { attaches, keepsOrders } = this.#venue.capabilities;
    return {
      ...resumeStateOf(CONFIG, decisionTip, holdings, engine?.connection ?? null),
      parameters: PARAMETERS,
      limits: { ...LIMITS, ...this.#mutation.limits },
      venue: { attachesStop: attaches.stop, keepsOrders, needsArming: false },
    };
  }
}

const PARAMETERS = strategyNamed(CONFIG.strategy.name).parse({
  fast: 2,
  slow: 3,
  atr: 2,
  stopAtr: 1,
  freshBars: 2,
});

/** The venue as the bridge has it, with somebody who looks at what leaves. */
function watched(venue: SimVenue, onSubmit: (intent: Body<"intent">) => void): TradeProvider {
  return {
    capabilities: venue.capabilities,
    submit: (intent) => {
      onSubmit(intent);
      venue.submit(intent);
    },
    due: (tsUs) => venue.due(tsUs),
    onMarket: () => [],
    resync: () => venue.resync(),
  };
}

/** Opens the journal from a second process beside the first; says whether it was turned away. */
export function secondStart(disk: Disk, wallUs: () => TimeUs, { seesOthers }: Mutation): boolean {
  try {
    Wal.open({
      folder: "/state/journal",
      wallUs,
      disk,
      processes: processesOf(SECOND_PID, wallUs, seesOthers ?? true),
    });
    return false;
  } catch (cause) {
    if (cause instanceof WalFailure && cause.code === "locked") return true;
    throw cause;
  }
}

const SECOND_PID = 1;

/** A second process sees the first one run; the first, which starts after a death, sees nobody. */
function processesOf(pid: number, wallUs: () => TimeUs, seesOthers: boolean): Processes {
  const isThere = (other: number): boolean => other === pid || (pid === SECOND_PID && seesOthers);
  return {
    self: pid,
    startOf: (other) => (isThere(other) ? `start-${other}` : null),
    isRunning: isThere,
    nowMs: () => Math.floor(wallUs() / 1000),
    bootedAtMs: () => 0,
  };
}

/** Nothing before this instant is asked of the world. */
export const BEGINS_US = timeUs(Date.UTC(2024, 0, 9, 14, 45) * 1000);
