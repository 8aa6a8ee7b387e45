import { SECOND_US, type TimeUs } from "@believe/shared/base";
import { Bridge } from "./bridge/index.ts";
import type { MarketClock } from "./clock/market-clock.ts";
import type { BrokerConfig } from "./config.ts";
import { Hand } from "./hand/index.ts";
import { KillLatch, killFileOf } from "./latch/index.ts";
import { resumeStateOf } from "./opening-records.ts";
import type { Recovered } from "./recover.ts";
import { openTradeLine, type TradeLine } from "./trade-line.ts";
import { TradingLoop, type TradingLoopOptions } from "./trading-loop.ts";

/** Longest wait for any word on a request before the venue counts as gone, of the wall. */
const ANSWER_US = 10 * SECOND_US;

/** Everything between a captured event and the venue, and a person's hand on it. */
export interface OrderDesk {
  readonly trade: TradeLine;
  readonly bridge: Bridge;
  readonly loop: TradingLoop;
  readonly hand: Hand;
}

export interface OrderDeskOptions {
  readonly config: BrokerConfig;
  readonly recovered: Recovered;
  readonly clock: MarketClock;
  readonly wallUs: () => TimeUs;
  readonly probe: TradingLoopOptions["probe"];
}

export function openOrderDesk(options: OrderDeskOptions): OrderDesk {
  const { config, recovered, clock, wallUs, probe } = options;
  const { journal, capture, closed, fold } = recovered;
  const latch = new KillLatch(killFileOf(config));
  const trade = openTradeLine({ config, holdings: fold.holdings, wallUs });
  const bridge = new Bridge({
    provider: trade.provider,
    killed: () => latch.isSet,
    answerWithinUs: clock.scaled(ANSWER_US),
  });
  const loop = new TradingLoop({
    venue: bridge,
    journal,
    capture,
    clock,
    resumeFrom: ({ decisionTip, holdings, connection }) =>
      resumeStateOf(config, decisionTip, holdings?.state(), connection),
    onSegment: (segment) => closed.add(segment),
    ...(probe === undefined ? {} : { probe }),
  });
  const hand = new Hand({ loop, journal, latch, symbol: config.feed.symbol });
  return { trade, bridge, loop, hand };
}
