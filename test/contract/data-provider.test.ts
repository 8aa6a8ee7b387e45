import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReplayData, SierraData } from "@believe/agent-broker/providers";
import { isoUs, priceTicks, qty, timeUs } from "@believe/shared/base";
import { encodeEvent } from "@believe/shared/engine";
import type { MarketEvent, Source } from "@believe/shared/market";
import type { DataProvider } from "@believe/shared/trade";
import { afterEach, describe, expect, it } from "vitest";
import { START, SYMBOL } from "./trade-rig.ts";

/** A provider over a source that a test writes; `null` is a row that nobody can read. */
interface DataRig {
  readonly write: (...rows: readonly (MarketEvent | null)[]) => void;
  readonly open: (onEvents: (events: readonly MarketEvent[]) => void) => DataProvider;
}

const homes: string[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

function homeOf(): string {
  const home = mkdtempSync(join(tmpdir(), "believe-data-"));
  homes.push(home);
  return home;
}

function row(seq: number, kind: "quote" | "gap" = "quote", run = "r1"): MarketEvent {
  const of = { symbol: SYMBOL, stampUs: timeUs(START + seq * 1_000), source: { run, seq } };
  if (kind === "gap") return { kind, ...of };
  const best = { bid: priceTicks(19_200), ask: priceTicks(19_201) };
  return { kind, ...of, ...best, bidSize: qty(3), askSize: qty(seq) };
}

function sierraLine(event: MarketEvent | null): string {
  if (event === null) return "r1,x,never";
  const head = `${event.source.run},${event.source.seq},${isoUs(event.stampUs)}`;
  if (event.kind !== "quote") return `${head},GAP,,,,,,,,,0`;
  return `${head},QUOTE,,0,4800.00,3,4800.25,${event.askSize},9,9,0`;
}

function sierraRig(): DataRig {
  const home = homeOf();
  const folder = join(home, "feed");
  mkdirSync(folder);
  const file = join(folder, "ticks_RGW_MESH4_20240109.csv");
  writeFileSync(
    file,
    "run_id,seq,ts_utc,type,price,volume,bid,bid_size,ask,ask_size,total_bid_depth,total_ask_depth,unbundled\r\n",
  );
  let last: Source | null = null;
  return {
    write: (...rows) => appendFileSync(file, rows.map((one) => `${sierraLine(one)}\r\n`).join("")),
    open: (onEvents) =>
      new SierraData({
        folder,
        quarantineFolder: join(home, "quarantine"),
        stateFile: join(home, "feed.json"),
        after: { ticks: last, dom: null },
        onEvents(events) {
          last = events.at(-1)?.source ?? last;
          onEvents(events);
        },
      }),
  };
}

function replayRig(): DataRig {
  const home = homeOf();
  const files: string[] = [];
  return {
    // Each time a closed segment, as a replay finds them.
    write(...rows) {
      const lines = rows.map((one) =>
        one === null ? "no event" : encodeEvent({ ...one, tsUs: one.stampUs }),
      );
      const own = encodeEvent({ kind: "clock", tsUs: START });
      const file = join(home, `capture-${files.length}.jsonl`);
      writeFileSync(file, `${[...lines, own].join("\n")}\n`);
      files.push(file);
    },
    open: (onEvents) =>
      new ReplayData({
        files: [...files],
        quarantineFolder: join(home, "quarantine"),
        stateFile: join(home, "replay.json"),
        onEvents,
      }),
  };
}

/** Reads everything that is there; one line for each event. */
function read(
  rig: DataRig,
  change: (events: readonly MarketEvent[]) => readonly MarketEvent[] = same,
) {
  const seen: string[] = [];
  const provider = rig.open((events) => {
    for (const { kind, source } of change(events)) seen.push(`${kind} ${source.run}:${source.seq}`);
  });
  do provider.poll();
  while (!provider.caughtUp);
  return { seen, provider };
}

const same = (events: readonly MarketEvent[]): readonly MarketEvent[] => events;

interface DataRow {
  readonly says: string;
  readonly run: (rig: DataRig, change: typeof same) => Promise<void>;
}

const rows: readonly DataRow[] = [
  {
    says: "delivers every row once and in order",
    async run(rig, change) {
      rig.write(row(1), row(2), row(3));
      rig.write(row(4));
      expect(read(rig, change).seen).toEqual([
        "quote r1:1",
        "quote r1:2",
        "quote r1:3",
        "quote r1:4",
      ]);
    },
  },
  {
    says: "tells a gap, and goes on with the run that follows it",
    async run(rig, change) {
      rig.write(row(1), row(2, "gap"), row(3, "quote", "r2"));
      expect(read(rig, change).seen).toEqual(["quote r1:1", "gap r1:2", "quote r2:3"]);
    },
  },
  {
    says: "sets a row aside that it cannot read, counts it, and goes on",
    async run(rig, change) {
      rig.write(row(1), null, row(2));
      const { seen, provider } = read(rig, change);
      expect(seen).toEqual(["quote r1:1", "quote r1:2"]);
      expect(provider.counters).toMatchObject({ rowsRead: 3, rowsQuarantined: 1 });
    },
  },
  {
    says: "goes on after a restart where it stood, with its counts",
    async run(rig, change) {
      rig.write(row(1), null, row(2));
      const first = read(rig, change);
      first.provider.saveState();
      await first.provider.stop();
      rig.write(row(3));
      const again = read(rig, change);
      expect([...first.seen, ...again.seen]).toEqual(["quote r1:1", "quote r1:2", "quote r1:3"]);
      expect(again.provider.counters).toMatchObject({ rowsRead: 4, rowsQuarantined: 1 });
    },
  },
];

const makers = [
  { name: "sierra", make: sierraRig },
  { name: "replay", make: replayRig },
];

describe.each(makers)("a data provider: $name", ({ make }) => {
  for (const { says, run } of rows) it(says, () => run(make(), same));

  it.each([
    ["forgets a row", (events: readonly MarketEvent[]) => events.slice(0, -1)],
    [
      "delivers a row twice",
      (events: readonly MarketEvent[]) => events.flatMap((one) => [one, one]),
    ],
    ["delivers rows backwards", (events: readonly MarketEvent[]) => events.toReversed()],
  ])("is caught when it %s", async (_, change) => {
    const outcomes = await Promise.allSettled(rows.map(({ run }) => run(make(), change)));
    expect(outcomes.some(({ status }) => status === "rejected")).toBe(true);
  });
});
