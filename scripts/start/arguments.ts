import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { StartFailure } from "./failure.ts";

const VENUES = ["paper", "sierra"] as const;
export type Venue = (typeof VENUES)[number];

export interface StartArguments {
  readonly speed: number;
  readonly seed: string;
  /** A Sierra tick CSV to play; null plays the seeded tape. */
  readonly tape: string | null;
  /** Where orders go: a venue inside the broker agent, or the study's files. */
  readonly venue: Venue;
  readonly forMs: number | null;
  readonly json: boolean;
  readonly port: number;
  readonly state: string;
  readonly reset: boolean;
  readonly help: boolean;
}

export const USAGE = `npm start -- [options]

  --speed N      play the tape N times as fast as the wall clock (default 1)
  --tape FILE    play a Sierra tick CSV (.csv, .csv.gz) instead of the seeded tape
  --seed TEXT    seed of the seeded tape (default "believe")
  --venue NAME   paper: orders fill inside the broker agent (default); sierra: through the study's order files
  --for 30s      run that long (ms, s, m, h) or to the tape's end, drain, stop
  --json         print the run's figures as the last line
  --port N       port of the dashboard (default 8787, 0 takes a free one)
  --state DIR    folder of all state (default .believe/<tape>, with -sierra for that venue)
  --reset        clear that folder first
  --help         this text`;

const OPTIONS = {
  speed: { type: "string" },
  tape: { type: "string" },
  seed: { type: "string" },
  venue: { type: "string" },
  for: { type: "string" },
  json: { type: "boolean" },
  port: { type: "string" },
  state: { type: "string" },
  reset: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Reads the command line; anything unknown or out of range is one clear sentence. */
export function startArguments(argv: readonly string[]): StartArguments {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(argv);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new StartFailure("bad-arguments", `${said.split("\n")[0]} (npm start -- --help)`, {
      cause,
    });
  }
  const tape = values.tape === undefined ? null : resolve(values.tape);
  if (tape !== null && !existsSync(tape)) {
    throw new StartFailure(
      "missing-tape",
      `expected a tape at ${values.tape}, there is no such file`,
    );
  }
  const seed = values.seed ?? "believe";
  const venue = venueOf(values.venue ?? "paper");
  return {
    speed: numberOf("--speed", values.speed ?? "1", { min: 0.01, max: 10_000 }),
    seed,
    tape,
    venue,
    forMs: values.for === undefined ? null : durationMs(values.for),
    json: values.json ?? false,
    port: numberOf("--port", values.port ?? "8787", { min: 0, max: 65_535 }),
    state: resolve(values.state ?? join(".believe", stateFolder(tape, seed, venue))),
    reset: values.reset ?? false,
    help: values.help ?? false,
  };
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options: OPTIONS }).values;
}

/** One for each market and venue: a journal's position is one at one venue. */
function stateFolder(tape: string | null, seed: string, venue: Venue): string {
  const name = tape === null ? `seeded-${seed}` : basename(tape).replace(/\.csv(\.gz)?$/, "");
  const folder = name.replaceAll(/[^A-Za-z0-9._-]/g, "-");
  return venue === "paper" ? folder : `${folder}-${venue}`;
}

function venueOf(text: string): Venue {
  const venue = VENUES.find((one) => one === text);
  if (venue !== undefined) return venue;
  throw new StartFailure(
    "bad-arguments",
    `expected --venue ${VENUES.join(" or ")}, was ${JSON.stringify(text)}`,
  );
}

function numberOf(name: string, text: string, range: { min: number; max: number }): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= range.min && value <= range.max)) {
    throw new StartFailure(
      "bad-arguments",
      `expected ${name} between ${range.min} and ${range.max}, was ${JSON.stringify(text)}`,
    );
  }
  return value;
}

function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[match?.[2] ?? ""];
  if (!match || unitMs === undefined) {
    throw new StartFailure(
      "bad-arguments",
      `expected --for like 30s or 5m, was ${JSON.stringify(text)}`,
    );
  }
  return Number(match[1]) * unitMs;
}
