import { HOUR_US, parseIsoUs, webCryptoSigner } from "@believe/shared/base";
import type {
  BrokerStatus,
  Estate,
  Figures,
  LiveFill,
  LiveSnapshot,
  ResearchStatus,
  Witnessing,
} from "@believe/shared/wire";
import { type Signer, signDocument, vkeyOf } from "@believe/shared/wire/log";

/** A made-up estate with keys of its own, for tests and pictures of the page. Not part of what is built. */
const ORIGIN = "log.example.com/j/broker";
const ROOT = "b7720f4eAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAc91A=";
/** Wall time of the sample, and the market time that its tape has reached. */
export const SAMPLE_NOW_US = parseIsoUs("2026-11-20T14:40:02Z");
export const SAMPLE_MARKET_US = parseIsoUs("2024-01-09T19:52:14.265Z");

async function signerOf(name: string, fill: number): Promise<Signer> {
  const { publicKey, sign } = await webCryptoSigner(crypto.subtle, new Uint8Array(32).fill(fill));
  return { name, publicKey, sign };
}

export interface SampleSigners {
  readonly broker: Signer;
  readonly research: Signer;
}

export async function sampleSigners(): Promise<SampleSigners> {
  const [broker, research] = await Promise.all([
    signerOf(`${ORIGIN}/status`, 7),
    signerOf(`${ORIGIN}/research/status`, 9),
  ]);
  return { broker, research };
}

export function sampleEstate({ broker, research }: SampleSigners): Estate {
  const brokerStatus = vkeyOf(broker.name, broker.publicKey);
  const researchStatus = vkeyOf(research.name, research.publicKey);
  return {
    brand: "believe",
    site: "example.com",
    dashboard: "log.example.com",
    origin: ORIGIN,
    account: { kind: "paper", name: "PAPER-1" },
    keys: {
      journal: vkeyOf(ORIGIN, broker.publicKey),
      brokerStatus,
      brokerRequest: vkeyOf(`${ORIGIN}/request`, broker.publicKey),
      researchStatus,
      researchRequest: vkeyOf(`${ORIGIN}/research/request`, research.publicKey),
    },
  };
}

export function sampleStatus(change: Partial<BrokerStatus> = {}): BrokerStatus {
  return {
    v: 1,
    n: 41,
    atUs: SAMPLE_NOW_US - 400_000,
    leaseUs: 30_000_000,
    agent: "broker",
    account: { kind: "paper", name: "PAPER-1" },
    feed: {
      name: "Sierra files",
      seeded: true,
      speed: 1,
      state: "fresh",
      lastRowAtUs: SAMPLE_NOW_US - 600_000,
      staleAfterUs: 5_000_000,
      rows: 402_118,
      domRows: 61_220,
      quarantined: 0,
    },
    marketUs: SAMPLE_MARKET_US,
    session: {
      tradeDate: "2024-01-09",
      phase: "rth",
      next: { phase: "break", atUs: parseIsoUs("2024-01-09T21:00:00Z") },
    },
    venue: { name: "paper", state: "ready", resting: 1 },
    entries: { allowed: true, reasons: [] },
    positions: [
      { symbol: "MESH4", lots: 2, averagePrice: "4801.50", stop: "4797.50", last: "4803.25" },
    ],
    log: { size: 332, root: ROOT, records: 18_262, queued: 1 },
    decisionTip: "ab".repeat(32),
    startedAtUs: SAMPLE_NOW_US - 19_920_000_000,
    ...change,
  };
}

export function sampleResearch(change: Partial<ResearchStatus> = {}): ResearchStatus {
  return {
    v: 1,
    n: 12,
    atUs: SAMPLE_NOW_US - 2_100_000,
    leaseUs: 90_000_000,
    agent: "research",
    log: { size: 331, root: ROOT, consistent: true, checkedAtUs: SAMPLE_NOW_US - 3_000_000 },
    replica: { segments: 4, bytes: 8_812_331 },
    startedAtUs: SAMPLE_NOW_US - 19_910_000_000,
    ...change,
  };
}

const FILLS = [
  [18_261, "13:41:57.265", "buy", 2, "4801.50", "entry", "cross-up", "417"],
  [18_222, "12:49:40.503", "sell", 2, "4801.25", "exit", "time-exit", "416"],
  [18_207, "12:14:23.846", "buy", 2, "4797.25", "entry", "cross-up", "416"],
  [18_186, "11:03:06.129", "buy", 1, "4799.50", "stop", "stop", "415"],
  [18_173, "10:55:49.770", "sell", 1, "4796.25", "entry", "cross-down", "415"],
  [18_139, "10:25:32.318", "sell", 2, "4800.00", "exit", "trailing-stop", "414"],
  [18_125, "09:38:15.655", "buy", 2, "4791.25", "entry", "cross-up", "414"],
  [18_099, "09:21:58.902", "buy", 2, "4787.00", "exit", "target", "413"],
] as const;

const ctUs = (clock: string) => parseIsoUs(`2024-01-09T${clock}Z`) + 6 * 3_600_000_000;

export function sampleFills(): LiveFill[] {
  return FILLS.map(([seq, clock, side, qty, price, role, reason, trade], i) => ({
    seq,
    mark: i === 0 ? "pending" : "sealed",
    leaf: i === 0 ? null : 331 - 24 * i,
    body: {
      exec: `e${seq}`,
      order: `o${seq}`,
      trade,
      symbol: "MESH4",
      atUs: ctUs(clock),
      side,
      qty,
      price,
      fee: (0.62 * qty).toFixed(2),
      role,
      reason,
    },
  }));
}

const EQUITY = [
  [18_004, "08:41:10", "-12.48"],
  [18_031, "08:58:41", "-47.97"],
  [18_057, "09:10:02", "-26.19"],
  [18_101, "09:21:58.902", "33.83"],
  [18_141, "10:25:32.318", "118.85"],
  [18_188, "11:03:06.129", "101.36"],
  [18_224, "12:49:40.503", "138.88"],
] as const;

export function sampleFigures(change: Partial<Figures> = {}): Figures {
  return {
    v: 1,
    n: 9,
    atUs: SAMPLE_NOW_US - 1_000_000,
    agent: "broker",
    currency: "USD",
    account: { kind: "paper", name: "PAPER-1" },
    entries: { first: 0, last: 18_261 },
    fills: 15,
    trades: 7,
    wins: 4,
    gross: "157.50",
    fees: "18.62",
    net: "138.88",
    maxDrawdown: "47.97",
    day: { tradeDate: "2024-01-09", net: "138.88", trades: 7 },
    byStrategy: [{ strategy: "sma-cross", trades: 7, wins: 4, net: "138.88" }],
    equity: EQUITY.map(([seq, clock, net]) => ({ seq, atUs: ctUs(clock), net })),
    ...change,
  };
}

export interface SampleChange {
  readonly status?: Partial<BrokerStatus>;
  readonly research?: Partial<ResearchStatus>;
  readonly figures?: Partial<Figures>;
  readonly snapshot?: Partial<LiveSnapshot>;
}

/** Two witnesses of the operator's, as far as the log. */
export function sampleWitnessing(change: Partial<Witnessing> = {}): Witnessing {
  const atUs = SAMPLE_NOW_US - 900_000;
  return {
    size: 332,
    sinceUs: null,
    needed: 2,
    witnesses: [
      { name: "log.example.com/witness", own: true, size: 332, atUs },
      { name: `${ORIGIN}/research/witness`, own: true, size: 332, atUs },
    ],
    ...change,
  };
}

/** A whole public state, truly signed. */
export async function sampleSnapshot(
  signers: SampleSigners,
  change: SampleChange = {},
): Promise<LiveSnapshot> {
  const [broker, research, figures] = await Promise.all([
    signDocument(JSON.stringify(sampleStatus(change.status)), signers.broker),
    signDocument(JSON.stringify(sampleResearch(change.research)), signers.research),
    signDocument(JSON.stringify(sampleFigures(change.figures)), signers.broker),
  ]);
  return {
    n: 5,
    atUs: SAMPLE_NOW_US - 300_000,
    broker,
    research,
    figures,
    log: {
      size: 332,
      root: ROOT,
      minute: "2024-01-09T19:50Z",
      opened: 18_240,
      unopenedHours: [],
    },
    fills: sampleFills(),
    alarms: [],
    witnessing: sampleWitnessing(),
    ...change.snapshot,
  };
}

/** The sample's estate with a live account. */
export function sampleLiveEstate(signers: SampleSigners): Estate {
  return { ...sampleEstate(signers), account: { kind: "live", name: "LIVE-1" } };
}

/** UTC hours since 1970, from one instant to before another. */
export function hoursBetween(from: string, to: string): number[] {
  const first = Math.floor(parseIsoUs(from) / HOUR_US);
  const count = Math.ceil(parseIsoUs(to) / HOUR_US) - first;
  return Array.from({ length: count }, (_, i) => first + i);
}

/** A live account on Friday 20 November 2026: it tells no position, and these hours are not opened. */
export function sampleLive(unopenedHours: number[]): SampleChange {
  const account = { kind: "live", name: "LIVE-1" } as const;
  const { feed } = sampleStatus();
  const next = { phase: "break", atUs: parseIsoUs("2026-11-20T22:00:00Z") } as const;
  const log = { size: 9332, root: ROOT, minute: "2026-11-20T14:38Z", opened: 212, unopenedHours };
  return {
    status: {
      account,
      feed: { ...feed, seeded: false },
      marketUs: SAMPLE_NOW_US - 600_000,
      session: { tradeDate: "2026-11-20", phase: "rth", next },
      venue: { name: "sierra", state: "ready", resting: null },
      positions: null,
    },
    figures: { account },
    snapshot: { log, witnessing: sampleWitnessing({ size: log.size }) },
  };
}

/** The same note with one character of its text changed: its signature no longer fits. */
export function tampered(note: string | null, from: string, to: string): string {
  const changed = (note ?? "").replace(from, to);
  if (changed === note) throw new Error(`expected ${from} in the note, was none`);
  return changed;
}
