import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeSha256 } from "@believe/host/keys";
import { Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import { parseIsoUs, timeUs } from "@believe/shared/base";
import { FIRST_TIP, foldJournal } from "@believe/shared/engine";
import { paperCapabilities } from "@believe/shared/match";
import type { TradeProvider, VenueEvent } from "@believe/shared/trade";
import type { Body, Command } from "@believe/shared/wire";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Bridge } from "../bridge/index.ts";
import { MarketClock } from "../clock/market-clock.ts";
import { readBrokerConfig } from "../config.ts";
import { KillLatch } from "../latch/index.ts";
import { resumeStateOf } from "../opening-records.ts";
import { Capture } from "../record/capture.ts";
import { Journal } from "../record/journal.ts";
import { TradingLoop } from "../trading-loop.ts";
import { Hand } from "./hand.ts";

const SYMBOL = "MESH4";
const AT = parseIsoUs("2024-01-09T15:00:00Z");

/** A venue that keeps its orders and says what the test puts into its mouth. */
class Scripted implements TradeProvider {
  readonly capabilities = { ...paperCapabilities, name: "scripted", keepsOrders: true };
  readonly sent: Body<"intent">[] = [];
  readonly words: VenueEvent[] = [];
  submit(intent: Body<"intent">): void {
    this.sent.push(intent);
  }
  due(): VenueEvent | null {
    return this.words.shift() ?? null;
  }
  onMarket(): VenueEvent[] {
    return [];
  }
  /** A whole connection: down, syncing, its account, ready. */
  connects(lots: number): void {
    const link = (state: "down" | "syncing" | "ready") =>
      ({ kind: "link", tsUs: AT, venue: "scripted", state, reason: null }) as const;
    const positions = lots === 0 ? [] : [{ symbol: SYMBOL, lots }];
    const lists = { orders: [], done: [], executions: [], positions };
    const snapshot = { venue: "scripted", account: "paper-1", ...lists, definite: true };
    this.words.push(link("down"), link("syncing"), { kind: "snapshot", tsUs: AT, snapshot });
    this.words.push(link("ready"));
  }
}

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "believe-hand-"));
});
afterEach(() => rmSync(home, { recursive: true }));

function deskAt() {
  const file = join(home, "broker.toml");
  const text = [
    `state = "${home}"`,
    'brand = "example"',
    'origin = "log.example/j/broker"',
    'account = { kind = "paper", name = "paper-1" }',
    `feed = { folder = "${home}", symbol = "${SYMBOL}", name = "x", seeded = true, licensed = false }`,
    `clock = { kind = "tape", tapeStartUs = ${AT}, wallStartUs = ${AT}, speed = 1, seed = "x" }`,
    'worker = { url = "http://127.0.0.1:9" }',
    'strategy = { name = "sma-cross" }',
  ];
  writeFileSync(file, text.join("\n"));
  const config = readBrokerConfig(file);
  const wal = Wal.open({ folder: join(home, "journal"), wallUs: () => AT });
  const { origin } = config;
  const spool = Spool.open({ folder: join(home, "log"), origin, sha256: nodeSha256, wal });
  const journal = new Journal(wal, spool);
  const venue = new Scripted();
  const latch = new KillLatch(join(home, "KILL"));
  const state = {
    ...resumeStateOf(config, FIRST_TIP),
    venue: { attachesStop: false, keepsOrders: true, needsArming: false },
  };
  const loop = new TradingLoop({
    venue: new Bridge({ provider: venue, killed: () => latch.isSet }),
    journal,
    capture: new Capture(join(home, "capture"), { first: 0, closed: new Set() }),
    clock: new MarketClock(config.clock, () => AT, AT),
    resumeFrom: () => state,
    onSegment: () => {},
  });
  loop.resume(AT, state);
  const hand = new Hand({ loop, journal, latch, symbol: SYMBOL });
  const records = () => [...wal.records()].map(({ record }) => record);
  const hears = (lots: number): void => {
    venue.connects(lots);
    loop.onVenue(timeUs(AT + 1));
  };
  const end = (): void => {
    spool.close();
    wal.close();
  };
  return { loop, hand, venue, records, hears, end };
}

const by = { by: "cli", reason: "test" } as const;

it("a position that somebody flattened by hand is adopted and resumed, and nothing is traded right", () => {
  const { loop, hand, venue, records, hears, end } = deskAt();
  const take = (act: Command) => hand.take(act).ok;
  // Killed without flattening, the adopted position stays ours until the venue says otherwise.
  hears(2);
  expect(take({ kind: "kill", flatten: false, ...by })).toBe(true);
  expect(take({ kind: "adopt", symbol: SYMBOL, lots: 2, price: "4800.00", ...by })).toBe(true);
  expect(loop.holdings?.net).toBe(2);
  hears(0);
  const compared = records().flatMap(({ stream, body }) =>
    stream === "reconciliation"
      ? [[body.verdict, body.positions[0]?.ours, body.positions[0]?.theirs]]
      : [],
  );
  expect(compared.at(-1)).toEqual(["mismatch", 2, 0]);
  expect(loop.holdings?.halts("2024-01-09")).toContain("position-mismatch");
  expect(take({ kind: "adopt", symbol: SYMBOL, lots: 0, price: "4801.00", ...by })).toBe(true);
  expect([loop.holdings?.net, loop.holdings?.disputed]).toEqual([0, null]);
  expect(take({ kind: "resume", ...by })).toBe(true);
  expect(take({ kind: "unkill", ...by })).toBe(true);
  expect(loop.holdings?.halts("2024-01-09")).toEqual([]);
  expect(loop.status()?.entries.reasons).not.toContain("position-mismatch");
  expect(venue.sent).toEqual([]);
  const { holdings } = foldJournal(records(), {
    symbol: SYMBOL,
    keepsOrders: true,
    sha256: nodeSha256,
  });
  expect(holdings).toMatchObject({ killed: null, disputed: null, halts: [] });
  end();
});
