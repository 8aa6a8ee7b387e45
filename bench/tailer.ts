import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SierraData } from "@believe/agent-broker/providers/sierra";
import type { MarketEvent } from "@believe/shared/market";
import type { Metric } from "./metric.ts";

const RATE = 60_000;
const SECONDS = 4;
/** Rounds; the middle one is reported, so that a stall of the machine does not speak for the reader. */
const ROUNDS = 3;
/** Longer than any poll: what is not there by then was lost. */
const GRACE_MS = 2000;

const nowUs = (): number => (performance.timeOrigin + performance.now()) * 1000;

/** Checks every row against what the writer must have written; throws at the first that differs. */
class Received {
  readonly latenciesMs = new Float64Array(RATE * SECONDS + RATE);
  rows = 0;
  firstUs = 0;
  lastUs = 0;

  take(events: readonly MarketEvent[]): void {
    const atUs = nowUs();
    if (this.rows === 0) this.firstUs = atUs;
    this.lastUs = atUs;
    for (const event of events) {
      this.rows++;
      const isRight =
        event.kind === "trade" &&
        event.source.seq === this.rows &&
        event.price === 19_200 + (this.rows % 40) &&
        event.size === 1 + (this.rows % 9) &&
        event.aggressor === (this.rows % 2 ? "buy" : "sell");
      if (!isRight) {
        throw new Error(`expected row ${this.rows} as written, was ${JSON.stringify(event)}`);
      }
      this.latenciesMs[this.rows - 1] = (atUs - event.stampUs) / 1000;
    }
  }

  percentileMs(share: number): number {
    const sorted = this.latenciesMs.slice(0, this.rows).sort();
    return sorted[Math.min(this.rows - 1, Math.floor(this.rows * share))] ?? Number.NaN;
  }
}

/** Runs the writer to its end and returns how many rows it says it wrote. */
function writerDone(path: string): Promise<number> {
  const script = join(import.meta.dirname, "tailer-writer.ts");
  const child = spawn(process.execPath, [script, path, String(RATE), String(SECONDS)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (bytes: Buffer) => {
    said += bytes.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const written = /"written":(\d+)/.exec(said)?.[1];
      if (code === 0 && written !== undefined) resolve(Number(written));
      else reject(new Error(`expected the writer to end well, was exit code ${code}`));
    });
  });
}

interface Round {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly lost: number;
}

async function round(): Promise<Round> {
  const home = mkdtempSync(join(tmpdir(), "believe-tailer-"));
  const received = new Received();
  const folder = join(home, "feed");
  const data = new SierraData({
    folder,
    quarantineFolder: join(home, "quarantine"),
    stateFile: join(home, "state.json"),
    after: { ticks: null, dom: null },
    onEvents: (events) => received.take(events),
  });
  try {
    await data.start();
    const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
    const written = await writerDone(join(folder, `ticks_RGW_MESH4_${day}.csv`));
    const deadlineMs = performance.now() + GRACE_MS;
    while (received.rows < written && performance.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return {
      perSecond: received.rows / ((received.lastUs - received.firstUs) / 1e6),
      p99Ms: received.percentileMs(0.99),
      lost: written - received.rows + data.counters.rowsQuarantined,
    };
  } finally {
    await data.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** A writer process against the real reader and parser: throughput, delay from stamp to event, loss. */
export async function run(): Promise<readonly Metric[]> {
  const rounds: Round[] = [];
  for (let i = 0; i < ROUNDS; i++) rounds.push(await round());
  const perSecond = Math.round(middle(rounds.map((one) => one.perSecond)));
  const p99Ms = Number(middle(rounds.map((one) => one.p99Ms)).toFixed(3));
  const lost = rounds.reduce((sum, one) => sum + one.lost, 0);
  const bench = "tailer";
  return [
    {
      bench,
      metric: "rows_per_s",
      value: perSecond,
      unit: "rows/s",
      bar: "≥ 50000",
      ok: perSecond >= 50e3,
    },
    { bench, metric: "p99_ms", value: p99Ms, unit: "ms", bar: "< 15", ok: p99Ms < 15 },
    { bench, metric: "lost", value: lost, unit: "rows", bar: "= 0", ok: lost === 0 },
  ];
}
