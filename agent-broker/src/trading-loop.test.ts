import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeSha256 } from "@believe/host/keys";
import { Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import { parseIsoUs, priceTicks, qty, type TimeUs, timeUs } from "@believe/shared/base";
import { FIRST_TIP, foldJournal, replayCapture } from "@believe/shared/engine";
import { instrumentOf, type MarketEvent } from "@believe/shared/market";
import { createPaperVenue } from "@believe/shared/match";
import { limits } from "@believe/shared/risk";
import { Holdings } from "@believe/shared/trade";
import { expect, it, vi } from "vitest";
import { MarketClock } from "./clock/market-clock.ts";
import type { BrokerConfig } from "./config.ts";
import { resumeStateOf } from "./opening-records.ts";
import { Capture } from "./record/capture.ts";
import { Journal } from "./record/journal.ts";
import { TradingLoop } from "./trading-loop.ts";

const SYMBOL = "MESH4";
const CONFIG: Parameters<typeof resumeStateOf>[0] = {
  state: "",
  brand: "believe",
  origin: "log.example.com/j/broker",
  account: { kind: "paper", name: "paper" },
  feed: {
    folder: "",
    symbol: SYMBOL,
    name: "test",
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
} satisfies BrokerConfig;

function trade(at: string, seq: number): MarketEvent {
  const best = {
    bid: priceTicks(19_200),
    bidSize: qty(1),
    ask: priceTicks(19_201),
    askSize: qty(1),
  };
  const stampUs = parseIsoUs(`2024-01-09T${at}Z`);
  const row = { symbol: SYMBOL, stampUs, source: { run: "r1", seq } };
  return {
    kind: "trade",
    ...row,
    ...best,
    price: priceTicks(19_201),
    size: qty(1),
    aggressor: "buy",
  };
}

/** A loop over real files that begins at `startUs`, on a clock of the test's choice. */
function stage(startUs: TimeUs, clockOf = (clock: MarketClock) => clock) {
  const home = mkdtempSync(join(tmpdir(), "believe-loop-"));
  const wal = Wal.open({ folder: join(home, "journal"), wallUs: () => startUs });
  const spool = Spool.open({
    folder: join(home, "log"),
    origin: CONFIG.origin,
    sha256: nodeSha256,
    wal,
  });
  const closed: string[] = [];
  const tape = {
    kind: "tape",
    tapeStartUs: startUs,
    wallStartUs: startUs,
    speed: 1,
    seed: "x",
  } as const;
  const loop = new TradingLoop({
    venue: createPaperVenue({
      instruments: [instrumentOf(SYMBOL)],
      latencyUs: 150_000,
      slippageTicks: 1,
      seed: SYMBOL,
    }),
    journal: new Journal(wal, spool),
    capture: new Capture(join(home, "capture"), { first: 0, closed: new Set() }),
    clock: clockOf(new MarketClock(tape, () => startUs, startUs)),
    resumeFrom: (engine) => resumeStateOf(CONFIG, engine.decisionTip, engine.holdings?.state()),
    onSegment: (segment) => closed.push(segment),
  });
  loop.resume(startUs, resumeStateOf(CONFIG, FIRST_TIP));
  const end = (): void => {
    spool.close();
    wal.close();
  };
  return { home, wal, loop, closed, end };
}

it("a batch over the change of the trade date decides the last bar in the segment that it belongs to", () => {
  const { home, wal, loop, closed, end } = stage(parseIsoUs("2024-01-09T21:59:50Z"));
  // The market closes at 16:00 CT; the next row is of the next trade date and no silence was heard between.
  loop.onMarket([trade("21:59:57", 1), trade("23:00:06", 2), trade("23:00:11", 3)]);
  loop.closeSegment();
  const streams = [...wal.records()].map(({ record }) => record.stream);
  expect(streams).toEqual(["decision", "segment", "decision", "segment"]);
  const tips = closed.map((name) => {
    const lines = readFileSync(join(home, "capture", name), "utf8").split("\n");
    return replayCapture(lines, { sha256: nodeSha256 }).decisionTip;
  });
  expect(tips.at(-1)).toBe(loop.decisionTip);
  end();
});

it("a promise that breaks halts entries in the journal before the process ends, once, and nothing goes on", () => {
  const startUs = parseIsoUs("2024-01-09T15:00:00Z");
  const { wal, loop, end } = stage(startUs, (clock) => {
    vi.spyOn(clock, "ofRow").mockReturnValue(timeUs(startUs - 1));
    return clock;
  });
  expect(() => loop.onMarket([trade("15:00:01", 1)])).toThrow("the market clock never goes back");
  const act = { kind: "flatten", by: "cli", reason: "out" } as const;
  expect(() => loop.onCommand(act)).toThrow("the market clock never goes back");
  const records = [...wal.records()].map(({ record }) => record);
  expect(records.map(({ stream }) => stream)).toEqual(["halt"]);
  const { latches } = new Holdings(
    instrumentOf(SYMBOL),
    foldJournal(records, { symbol: SYMBOL, sha256: nodeSha256 }).holdings,
  );
  expect(latches.halts("2024-01-10")).toEqual(["invariant-broken"]);
  end();
});
