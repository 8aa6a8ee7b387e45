import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { TailFailure } from "@believe/host/tail";
import { isoUs, timeUs } from "@believe/shared/base";
import type { MarketEvent, Source } from "@believe/shared/market";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SierraData } from "./sierra-data.ts";

const DATA = process.env["BELIEVE_DATA"] ?? join(import.meta.dirname, "../../../../../shared/data");
const REAL = join(DATA, "cme_es/ticks_RGW_ESH4_20231225_2200-2340.csv.gz");
const HEADER =
  "run_id,seq,ts_utc,type,price,volume,bid,bid_size,ask,ask_size,total_bid_depth,total_ask_depth,unbundled";
const DOM_HEADER = "run_id,seq,ts_utc,last_tick_seq,b1p,b1q,b1n,a1p,a1q,a1n";
const START = 1_704_810_000_000_000;

let home = "";
let feed = "";
let ticks = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "believe-sierra-"));
  feed = join(home, "feed");
  mkdirSync(feed);
  ticks = join(feed, "ticks_RGW_MESH4_20240109.csv");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function tick(seq: number, options: { run?: string; atUs?: number; day?: number } = {}): string {
  const stamp = isoUs(timeUs(START + (options.atUs ?? seq * 100_000) + (options.day ?? 0) * 864e8));
  return `${options.run ?? "r1"},${seq},${stamp},ASK,4800.25,1,4800.00,1,4800.25,1,9,9,0\r\n`;
}

function dom(seq: number, atUs: number): string {
  return `r1,${seq},${isoUs(timeUs(START + atUs))},1,4800.00,1,1,4800.25,1,1\r\n`;
}

interface Reader {
  readonly data: SierraData;
  readonly events: MarketEvent[];
  readonly seqs: () => string[];
}

function reader(after: { ticks?: Source; dom?: Source; clockUs?: () => number } = {}): Reader {
  const events: MarketEvent[] = [];
  const data = new SierraData({
    folder: feed,
    quarantineFolder: join(home, "quarantine"),
    stateFile: join(home, "state.json"),
    after: { ticks: after.ticks ?? null, dom: after.dom ?? null },
    onEvents: (batch) => events.push(...batch),
    ...(after.clockUs === undefined ? {} : { clockUs: after.clockUs }),
  });
  const seqs = (): string[] =>
    events.map(({ kind, source }) => `${kind === "book" ? "d" : ""}${source.run}:${source.seq}`);
  return { data, events, seqs };
}

/** Polls until everything is delivered, also what appeared a moment ago. */
function drain({ data }: Reader): void {
  for (const endMs = Date.now() + 4000; Date.now() < endMs; ) {
    data.poll();
    if (data.caughtUp) return;
  }
  throw new Error("expected the reader to catch up, was still behind");
}

function refusals(name = "ticks_RGW_MESH4_20240109.csv"): { reason: string; offset: number }[] {
  const path = join(home, "quarantine", `${name}.jsonl`);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line));
}

describe("Sierra's data", () => {
  it("delivers ticks and snapshots of one poll in the order of stamps, ticks first", () => {
    writeFileSync(ticks, `${HEADER}\r\n${tick(1)}${tick(2)}${tick(3)}`);
    writeFileSync(
      join(feed, "dom_RGW_MESH4_20240109.csv"),
      `${DOM_HEADER}\r\n${dom(1, 50_000)}${dom(2, 200_000)}${dom(3, 250_000)}`,
    );
    const one = reader();
    drain(one);
    expect(one.seqs()).toEqual(["dr1:1", "r1:1", "r1:2", "dr1:2", "dr1:3", "r1:3"]);
    expect(one.data.counters).toMatchObject({ rowsRead: 3, rowsQuarantined: 0, domRows: 3 });
    expect(one.data.caughtUp).toBe(true);
    expect(one.data.lastRowWallUs).toBeGreaterThan(START);
  });

  it("lets a snapshot wait for ticks that come before it, but not for ever", () => {
    const book = join(feed, "dom_RGW_MESH4_20240109.csv");
    writeFileSync(ticks, `${HEADER}\r\n${tick(1)}`);
    writeFileSync(book, `${DOM_HEADER}\r\n${dom(1, 250_000)}`);
    const one = reader();
    one.data.poll();
    appendFileSync(ticks, tick(2));
    one.data.poll();
    expect(one.seqs()).toEqual(["r1:1", "r1:2"]);
    expect(one.data.caughtUp).toBe(false);
    drain(one);
    expect(one.seqs()).toEqual(["r1:1", "r1:2", "dr1:1"]);
  });

  it("counts every planted bad row once, by reason, and loses no good one", () => {
    const bad: [string, Buffer][] = [
      ["short-row", Buffer.from("\r\n")],
      ["short-row", Buffer.from("r1,2\r\n")],
      ["duplicate", Buffer.from(tick(2))],
      ["out-of-order", Buffer.from(tick(1))],
      ["out-of-order", Buffer.from(tick(3, { atUs: -5_000_000 }))],
      ["bad-stamp", Buffer.from(tick(3, { day: 2 }))],
      ["bad-price", Buffer.from(tick(3).replace("4800.25", "4800.26"))],
      ["bad-type", Buffer.from(tick(3).replace("ASK", "BUY"))],
      ["bad-size", Buffer.from(tick(3).replace(",1,", ",-1,"))],
      ["not-utf8", Buffer.from(tick(3).replace("r1", "\xff"), "latin1")],
      ["oversized-line", Buffer.from(`${"9".repeat(200_000)}\n`)],
      ["not-utf8", Buffer.alloc(50)],
    ];
    writeFileSync(ticks, `${HEADER}\r\n${tick(1)}${tick(2)}`);
    for (const [, bytes] of bad) appendFileSync(ticks, bytes);
    appendFileSync(ticks, `${tick(3)}${HEADER}\r\n${tick(7)}${tick(8).slice(0, 30)}`);
    const one = reader();
    drain(one);
    const reasons = refusals().map(({ reason }) => reason);
    expect(one.seqs()).toEqual(["r1:1", "r1:2", "r1:3", "r1:7"]);
    expect(Object.fromEntries(one.data.quarantined)).toEqual({
      "short-row": 2,
      duplicate: 1,
      "out-of-order": 2,
      "bad-stamp": 1,
      "bad-price": 1,
      "bad-type": 1,
      "bad-size": 1,
      "not-utf8": 2,
      "oversized-line": 4,
    });
    expect(reasons.length).toBe(15);
    expect(one.data.counters).toMatchObject({
      rowsRead: 4 + bad.length,
      rowsQuarantined: bad.length,
    });
  });

  it("refuses one row from the future, and none of the good rows after it", () => {
    const rows = [tick(1), tick(2, { atUs: 3_600_000_000 }), tick(3), tick(4)];
    writeFileSync(ticks, `${HEADER}\r\n${rows.join("")}`);
    const one = reader({ clockUs: () => START + 60_000_000 });
    drain(one);
    expect(one.seqs()).toEqual(["r1:1", "r1:3", "r1:4"]);
    expect(refusals().map(({ reason }) => reason)).toEqual(["bad-stamp"]);
    expect(one.data.counters).toMatchObject({ rowsRead: 4, rowsQuarantined: 1 });
  });

  it("skips known rows after a rewrite, silently, and goes on with the new ones", () => {
    const bad = "junk\r\n";
    writeFileSync(ticks, `${HEADER}\r\n${tick(1)}${bad}${tick(2)}`);
    const one = reader();
    drain(one);
    truncateSync(ticks, 0);
    drain(one);
    writeFileSync(ticks, `${HEADER}\r\n${tick(1)}${bad}${tick(2)}${tick(3)}`);
    drain(one);
    writeFileSync(ticks, `${HEADER}\r\n${tick(2)}${tick(3)}${tick(4)}${tick(5)}${tick(5)}`);
    drain(one);
    expect(one.seqs()).toEqual(["r1:1", "r1:2", "r1:3", "r1:4", "r1:5"]);
    expect(one.data.counters).toMatchObject({ rowsRead: 7, rowsQuarantined: 2, rewrites: 2 });
  });

  it("goes on over the change of the day, and a lower seq there is not lost silently", () => {
    const next = join(feed, "ticks_RGW_MESH4_20240110.csv");
    writeFileSync(ticks, `${HEADER}\r\n${tick(1)}${tick(2)}`);
    const one = reader();
    drain(one);
    writeFileSync(next, `${HEADER}\r\n${tick(3, { day: 1 })}${tick(2, { day: 1 })}`);
    appendFileSync(ticks, tick(3).replace("r1,3", "r0,1"));
    drainScanned(one);
    expect(one.seqs()).toEqual(["r1:1", "r1:2", "r0:1", "r1:3"]);
    expect(refusals("ticks_RGW_MESH4_20240110.csv").map(({ reason }) => reason)).toEqual([
      "out-of-order",
    ]);
  });

  it("keeps its place over a restart, with counters, in the middle of runs and days", () => {
    writeFileSync(ticks, `${HEADER}\r\n${tick(1)}${tick(2)}junk\r\n${tick(3).slice(0, 20)}`);
    const first = reader();
    drain(first);
    first.data.saveState();
    appendFileSync(ticks, `${tick(3).slice(20)}${tick(1, { run: "r2", atUs: 400_000 })}`);
    writeFileSync(join(feed, "ticks_RGW_MESH4_20240110.csv"), `${tick(2, { run: "r2", day: 1 })}`);
    const second = reader({ ticks: { run: "r1", seq: 2 } });
    drain(second);
    expect(second.seqs()).toEqual(["r1:3", "r2:1", "r2:2"]);
    expect(second.data.counters).toMatchObject({ rowsRead: 6, rowsQuarantined: 1 });
  });

  it("counts but does not repeat what the consumer already has beyond the saved state", () => {
    writeFileSync(ticks, `${HEADER}\r\n${tick(1)}`);
    const first = reader();
    drain(first);
    first.data.saveState();
    appendFileSync(ticks, `${tick(2)}junk\r\n${tick(1, { run: "r2", atUs: 300_000 })}`);
    drain(first);
    appendFileSync(ticks, tick(2, { run: "r2", atUs: 400_000 }));
    const second = reader({ ticks: { run: "r2", seq: 1 } });
    drain(second);
    expect(second.seqs()).toEqual(["r2:2"]);
    expect(second.data.counters).toMatchObject({ rowsRead: 5, rowsQuarantined: 1 });
    expect(refusals().length).toBe(1);
  });

  it("delivers again what the saved state had passed and the consumer lost, without counting it again", () => {
    const next = join(feed, "ticks_RGW_MESH4_20240110.csv");
    writeFileSync(ticks, `${HEADER}\r\n${tick(1)}junk\r\n${tick(2)}${tick(3)}`);
    writeFileSync(
      next,
      `${HEADER}\r\n${tick(4, { day: 1 })}junk\r\n${tick(1, { run: "r2", day: 1, atUs: 900_000 })}`,
    );
    const first = reader();
    drain(first);
    const before = { ...first.data.counters };
    first.data.saveState();
    const second = reader({ ticks: { run: "r1", seq: 2 } });
    drain(second);
    expect(second.seqs()).toEqual(["r1:3", "r1:4", "r2:1"]);
    expect(second.data.counters).toEqual(before);
    const all = reader();
    drain(all);
    expect(all.seqs()).toEqual(["r1:1", "r1:2", "r1:3", "r1:4", "r2:1"]);
    expect(all.data.counters).toEqual(before);
    const none = reader({ ticks: { run: "r2", seq: 1 } });
    drain(none);
    expect(none.seqs()).toEqual([]);
  });

  it("goes on when the consumer's last row is in files that are gone", () => {
    writeFileSync(ticks, `${HEADER}\r\n${tick(1)}`);
    const one = reader({ ticks: { run: "gone", seq: 9 } });
    drain(one);
    expect(one.seqs()).toEqual(["r1:1"]);
  });

  it("puts the rows of an unknown symbol in quarantine and leaves foreign files alone", () => {
    writeFileSync(join(feed, "ticks_RGW_XYZ_20240109.csv"), `${HEADER}\r\n${tick(1)}${tick(2)}`);
    writeFileSync(join(feed, "ticks_RGW_MESH4_20241399.csv"), "x\n");
    writeFileSync(join(feed, "fills_RGW_MESH4_20240109.csv"), "x\n");
    const one = reader();
    drain(one);
    expect(one.seqs()).toEqual([]);
    expect(refusals("ticks_RGW_XYZ_20240109.csv").map(({ reason }) => reason)).toEqual([
      "unknown-symbol",
      "unknown-symbol",
    ]);
    expect(one.data.counters).toMatchObject({ rowsRead: 2, rowsQuarantined: 2 });
  });

  it("keeps stamps in order while it catches up on files of different length", () => {
    const rows = 30_000;
    const lines = Array.from({ length: rows }, (_, i) => tick(i + 1));
    writeFileSync(ticks, `${HEADER}\r\n${lines.join("")}`);
    const snapshots = Array.from({ length: 3000 }, (_, i) => dom(i + 1, (i + 1) * 1_000_000));
    writeFileSync(
      join(feed, "dom_RGW_MESH4_20240109.csv"),
      `${DOM_HEADER}\r\n${snapshots.join("")}`,
    );
    const one = reader();
    drain(one);
    expect(one.events.length).toBe(rows + 3000);
    const stamps = one.events.map((event) => event.stampUs);
    expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
  });

  it("delivers and counts every row once, wherever it is killed and however the state lags", () => {
    const steps = fc.array(
      fc.record({ bytes: fc.nat(700), save: fc.boolean(), kill: fc.boolean(), lost: fc.nat(3) }),
      { minLength: 1, maxLength: 25 },
    );
    fc.assert(
      fc.property(steps, (script) => {
        rmSync(home, { recursive: true });
        mkdirSync(feed, { recursive: true });
        const rows = Array.from({ length: 60 }, (_, i) =>
          i % 7 === 6 ? "junk\r\n" : tick(i + 1, { run: i < 25 ? "r1" : "r2" }),
        );
        const bytes = Buffer.from(`${HEADER}\r\n${rows.join("")}`);
        const kept: string[] = [];
        let last: Source | null = null;
        let one = reader();
        let at = 0;
        const keep = (lost: number): void => {
          const events = one.events.splice(0, one.events.length);
          for (const event of events.slice(0, Math.max(0, events.length - lost))) {
            last = event.source;
            kept.push(`${last.run}:${last.seq}`);
          }
        };
        for (const { bytes: length, save, kill, lost } of script) {
          appendFileSync(ticks, bytes.subarray(at, at + length));
          at = Math.min(bytes.length, at + length);
          drainScanned(one);
          keep(kill ? lost : 0);
          if (save) one.data.saveState();
          if (kill) one = reader(last === null ? {} : { ticks: last });
        }
        appendFileSync(ticks, bytes.subarray(at));
        drainScanned(one);
        keep(0);
        const good = rows
          .filter((row) => row !== "junk\r\n")
          .map((row) => row.split(",", 2).join(":"));
        expect(kept).toEqual(good);
        expect(one.data.counters).toMatchObject({ rowsRead: 60, rowsQuarantined: 8 });
        expect(refusals().length).toBe(8);
      }),
      { numRuns: 80 },
    );
  });

  it("refuses a damaged state file with one sentence", () => {
    writeFileSync(join(home, "state.json"), '{"v":1}');
    expect(() => reader()).toThrow(TailFailure);
  });

  it("polls by itself, keeps its place over stop and start, and stops", async () => {
    writeFileSync(ticks, `${HEADER}\r\n${tick(1)}`);
    const one = reader();
    await one.data.start();
    await vi.waitFor(() => expect(one.seqs()).toEqual(["r1:1"]));
    appendFileSync(ticks, tick(2));
    await vi.waitFor(() => expect(one.seqs()).toEqual(["r1:1", "r1:2"]));
    await one.data.stop();
    one.data.saveState();
    appendFileSync(ticks, tick(3));
    const second = reader({ ticks: { run: "r1", seq: 2 } });
    drain(second);
    expect(second.seqs()).toEqual(["r1:3"]);
    expect(second.data.counters).toMatchObject({ rowsRead: 3, rewrites: 0 });
  });

  it.skipIf(!existsSync(REAL))("reads the real file whole (needs BELIEVE_DATA)", () => {
    writeFileSync(join(feed, "ticks_RGW_ESH4_20231225.csv"), gunzipSync(readFileSync(REAL)));
    const one = reader();
    drain(one);
    expect(one.data.counters).toMatchObject({ rowsRead: 2271, rowsQuarantined: 0 });
    expect(one.events.length).toBe(2271);
  });
});

/** Drains, and again after a rescan of the folder: tests do not wait for events. */
function drainScanned(one: Reader): void {
  drainedMs += 5000;
  vi.spyOn(performance, "now").mockReturnValue(drainedMs);
  drain(one);
  vi.restoreAllMocks();
}
let drainedMs = 1e9;
