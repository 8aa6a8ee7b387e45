import { base64, utf8 } from "@believe/shared/base";
import type { BrokerStatus, Figures, ResearchStatus } from "@believe/shared/wire";

const ROOT = base64(new Uint8Array(32).fill(9));
const nowUs = (): number => Date.now() * 1000;

/** A broker status that the edge accepts. */
export function brokerStatusOf(n: number, changed: Partial<BrokerStatus> = {}): BrokerStatus {
  return {
    v: 1,
    n,
    atUs: nowUs(),
    leaseUs: 15_000_000,
    agent: "broker",
    account: { kind: "paper", name: "seeded tape" },
    feed: {
      name: "seeded ES",
      seeded: true,
      speed: 1,
      state: "fresh",
      lastRowAtUs: nowUs(),
      staleAfterUs: 5_000_000,
      rows: 12,
      domRows: 3,
      quarantined: 0,
    },
    marketUs: null,
    session: null,
    venue: { name: "paper", state: "ready", resting: 0 },
    entries: { allowed: true, reasons: [] },
    positions: [],
    log: { size: 0, root: ROOT, records: 0, queued: 0 },
    decisionTip: "0".repeat(64),
    startedAtUs: nowUs(),
    ...changed,
  };
}

export function researchStatusOf(n: number): ResearchStatus {
  return {
    v: 1,
    n,
    atUs: nowUs(),
    leaseUs: 60_000_000,
    agent: "research",
    log: { size: 0, root: ROOT, consistent: true, checkedAtUs: null },
    replica: { segments: 0, bytes: 0 },
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
    account: { kind: "paper", name: "seeded tape" },
    entries: { first: 0, last: 0 },
    fills: 0,
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

/** A journal line of a fill; `price` tells two versions of a line apart. */
export function fillLine(seq: number, price = "4800.25"): string {
  const salt = base64(utf8(String(seq).padStart(16, "0")));
  return JSON.stringify({
    v: 1,
    seq,
    stream: "fill",
    wallUs: 1_704_810_000_000_000,
    body: {
      exec: `e-${seq}`,
      order: `o-${seq}`,
      trade: "t-1",
      symbol: "ES",
      atUs: 1_704_810_000_000_000,
      side: "buy",
      qty: 1,
      price,
      fee: "2.10",
      role: "entry",
      reason: "breakout",
    },
    salt,
  });
}
