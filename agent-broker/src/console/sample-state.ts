import { type ConsoleState, consoleState } from "@believe/shared/wire";

const AT_US = Date.UTC(2024, 0, 9, 18) * 1000;

const CALM: ConsoleState = {
  v: 1,
  atUs: AT_US,
  account: { kind: "paper", name: "paper-1" },
  strategy: "sma-cross",
  venue: { name: "paper", link: "ready", reason: null },
  marketUs: AT_US,
  session: {
    tradeDate: "2024-01-09",
    phase: "rth",
    next: { phase: "eth", atUs: AT_US + 3 * 3_600_000_000 },
  },
  feed: { fresh: true, lastRowAtUs: AT_US },
  position: {
    symbol: "MESH4",
    lots: 1,
    averagePrice: "4800.25",
    last: "4803.50",
    stop: "4795.00",
    open: "15.63",
  },
  result: {
    realised: "-42.18",
    day: "31.07",
    dayLossMax: "1000.00",
    drawdown: "57.81",
    drawdownMax: null,
  },
  orders: [
    {
      order: "B-000042",
      own: true,
      symbol: "MESH4",
      role: "stop",
      side: "sell",
      qty: 1,
      filled: 0,
      type: "STP",
      price: null,
      stop: "4795.00",
      state: "working",
      sinceUs: AT_US - 240_000_000,
    },
  ],
  fills: [
    {
      seq: 311,
      atUs: AT_US - 240_500_000,
      symbol: "MESH4",
      side: "buy",
      qty: 1,
      price: "4800.25",
      role: "entry",
      reason: "cross-up",
    },
  ],
  entries: { allowed: false, reasons: ["orders-open", "max-position"] },
  latches: { killed: false, closeOnly: false, armed: null },
  watchdogs: [
    { name: "feed-stale", severity: "critical", barking: false, sinceUs: null },
    { name: "clock-skew", severity: "warning", barking: false, sinceUs: null },
  ],
  reconciliation: {
    atUs: AT_US - 3_600_000_000,
    verdict: "match",
    positions: [{ symbol: "MESH4", ours: 0, theirs: 0 }],
  },
  journal: { records: 345, durable: 345, leaves: 191, queued: 0 },
};

/** A desk in the middle of a regular session: long one, its stop resting. For tests. */
export function sampleState(change: Partial<ConsoleState> = {}): ConsoleState {
  return consoleState.parse({ ...CALM, ...change });
}
