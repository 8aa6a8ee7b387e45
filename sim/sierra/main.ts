import { fstatSync } from "node:fs";
import { parseArgs } from "node:util";
import { Failure } from "@believe/shared/base";
import { openTape, type Tape } from "../tape/index.ts";
import { SierraStudy } from "./study.ts";

class ArgumentFailure extends Failure<"bad-argument"> {}

const PARENT_CHECK_MS = 500;

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

function argumentsOf(): { tape: Tape; study: SierraStudy } {
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
    },
  });
  const { folder, seed, symbol } = values;
  if (folder === undefined) {
    throw new ArgumentFailure("bad-argument", "expected --folder FOLDER, was nothing");
  }
  const tape = openTape({ file: values.tape, seed, symbol });
  const study = new SierraStudy({
    folder,
    tape,
    speed: numberOf("speed", values.speed) ?? 1,
    startWallUs: numberOf("start-wall-us", values["start-wall-us"]),
    chartIntervalMs: numberOf("chart-interval-ms", values["chart-interval-ms"]),
    runId: values["run-id"],
  });
  return { tape, study };
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

function main(): void {
  const { tape, study } = argumentsOf();
  const idle = setInterval(() => {}, 1 << 30);
  const stop = (): void => {
    study.stop();
    clearInterval(idle);
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

try {
  main();
} catch (error) {
  refuse(error);
}
