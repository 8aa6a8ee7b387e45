import { fstatSync } from "node:fs";
import { parseArgs } from "node:util";
import { Failure, timeUs } from "@believe/shared/base";
import { openTape, type Tape } from "../tape/index.ts";
import { SierraStudy, type StudyOptions } from "./study.ts";
import type { TradingChart, TradingChartOptions } from "./trading-chart.ts";

class ArgumentFailure extends Failure<"bad-argument"> {}

const PARENT_CHECK_MS = 500;
const CHART_MS = 20;
const LOAD_MS = 1_000;

function say(event: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) {
    throw new ArgumentFailure(
      "bad-argument",
      `expected a number above 0 for --${name}, was ${text}`,
    );
  }
  return value;
}

interface Played {
  readonly tape: Tape;
  readonly study: StudyOptions;
  /** Null where nobody trades on this chart. */
  readonly trades: TradingChartOptions | null;
}

function argumentsOf(): Played {
  const { values } = parseArgs({
    options: {
      folder: { type: "string" },
      speed: { type: "string" },
      seed: { type: "string" },
      symbol: { type: "string" },
      tape: { type: "string" },
      "start-wall-us": { type: "string" },
      "chart-interval-ms": { type: "string" },
      "run-id": { type: "string" },
      "trade-account": { type: "string" },
      "load-ms": { type: "string" },
    },
  });
  const { folder, seed, symbol, "trade-account": account } = values;
  if (folder === undefined) {
    throw new ArgumentFailure("bad-argument", "expected --folder FOLDER, was nothing");
  }
  const tape = openTape({ file: values.tape, seed, symbol });
  const runId = values["run-id"] ?? new Date().toISOString().replace(/\W/g, "");
  const loadMs = numberOf("load-ms", values["load-ms"]) ?? LOAD_MS;
  const study = {
    folder,
    tape,
    speed: numberOf("speed", values.speed) ?? 1,
    startWallUs: numberOf("start-wall-us", values["start-wall-us"]),
    chartIntervalMs: numberOf("chart-interval-ms", values["chart-interval-ms"]) ?? CHART_MS,
    runId,
  };
  const wallUs = () => timeUs(Date.now() * 1_000);
  const trades = account === undefined ? null : { folder, tape, account, runId, loadMs, wallUs };
  return { tape, study, trades };
}

/** Loaded only where somebody trades: a feed alone is there sooner. */
async function openChart(options: TradingChartOptions): Promise<TradingChart> {
  const trading = await import("./trading-chart.ts");
  return new trading.TradingChart(options);
}

/** False for a terminal, a null device (which is at its end at once) or no standard input at all. */
function stdinIsPipe(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isSocket();
  } catch {
    return false;
  }
}

/** A study without its parent would play to nobody for days: it ends when the parent's pipe or process does. */
function endWithParent(stop: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop();
  }, PARENT_CHECK_MS).unref();
  if (stdinIsPipe()) process.stdin.on("end", stop).resume();
}

async function main(): Promise<void> {
  const { tape, study: options, trades } = argumentsOf();
  const chart = trades === null ? null : await openChart(trades);
  const study = new SierraStudy({ ...options, onRow: (row) => chart?.onRow(row) });
  const calls = setInterval(() => chart?.call(study.isCaughtUp), options.chartIntervalMs);
  const stop = (): void => {
    study.stop();
    clearInterval(calls);
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  study.start();
  say({ event: "tape.started", ...tape.info, startWallUs: study.startWallUs });
  endWithParent(stop);
  study.done.then(
    (how) => {
      const { ticks, dom } = study.rowsWritten;
      if (how === "ended") say({ event: "tape.ended", rows: ticks, domRows: dom });
    },
    (error: unknown) => refuse(error),
  );
}

function refuse(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  // The argument parser adds a hint on further lines.
  process.stderr.write(`${message.split("\n")[0]}\n`);
  process.exit(1);
}

main().catch(refuse);
