import { base64 } from "@believe/shared/base";
import type { BrokerStatus, Draft, Figures, ResearchStatus } from "@believe/shared/wire";

const ROOT = base64(new Uint8Array(32));
const nowUs = (): number => Date.now() * 1000;
const account = { kind: "paper", name: "paper-1" } as const;

/** A broker status as an agent on a seeded tape signs it every few seconds. */
export function brokerStatusOf(n: number): BrokerStatus {
  return {
    v: 1,
    n,
    atUs: nowUs(),
    leaseUs: 60_000_000,
    agent: "broker",
    account,
    feed: {
      name: "seeded",
      seeded: true,
      speed: 1,
      state: "fresh",
      lastRowAtUs: nowUs(),
      staleAfterUs: 5_000_000,
      rows: n,
      domRows: n,
      quarantined: 0,
    },
    marketUs: null,
    session: null,
    venue: { name: "paper", state: "ready", resting: 0 },
    entries: { allowed: true, reasons: [] },
    positions: [],
    log: { size: n, root: ROOT, records: n, queued: 0 },
    decisionTip: "0".repeat(64),
    startedAtUs: nowUs(),
  };
}

export function researchStatusOf(n: number): ResearchStatus {
  return {
    v: 1,
    n,
    atUs: nowUs(),
    leaseUs: 60_000_000,
    agent: "research",
    log: { size: n, root: ROOT, consistent: true, checkedAtUs: null },
    replica: { segments: n, bytes: 0 },
    startedAtUs: nowUs(),
  };
}

export function figuresOf(n: number): Figures {
  return {
    v: 1,
    n,
    atUs: nowUs(),
    agent: "broker",
    currency: "USD",
    account,
    entries: { first: 0, last: n },
    fills: n,
    trades: 0,
    wins: 0,
    gross: "0.00",
    fees: "0.00",
    net: "0.00",
    maxDrawdown: "0.00",
    day: { tradeDate: null, net: "0.00", trades: 0 },
    byStrategy: [],
    equity: [],
  };
}

/** A fill, the record that a paper account opens most. */
export function fillDraft(n: number): Draft {
  return {
    stream: "fill",
    body: {
      exec: `e${n}`,
      order: `o${n}`,
      trade: `t${n}`,
      symbol: "MESH4",
      atUs: 1_704_810_000_000_000 + n * 1_000_000,
      side: n % 2 === 0 ? "buy" : "sell",
      qty: 1,
      price: "4783.25",
      fee: "2.25",
      role: "entry",
      reason: "cross-up",
    },
  };
}
