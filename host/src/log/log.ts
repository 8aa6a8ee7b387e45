import { Failure } from "@believe/shared/base";
import { type DestinationStream, destination, type Level, pino } from "pino";

/** What happened, e.g. "leaf.sealed": a noun and a past participle. */
export type LogEvent = `${string}.${string}`;
export type Facts = Readonly<Record<string, string | number | boolean | null>>;

/** Diagnosis for people and programs. It proves nothing: the journal does. */
export interface Log {
  debug(event: LogEvent, facts?: Facts): void;
  info(event: LogEvent, facts?: Facts): void;
  warn(event: LogEvent, facts?: Facts): void;
  /** `cause` adds name, code, message and facts of an error. */
  error(event: LogEvent, cause: unknown, facts?: Facts): void;
}

export interface LogOptions {
  readonly level?: Level;
  /** Where lines go: standard error, written at once so that a crash loses none. */
  readonly to?: DestinationStream;
}

/** A fact whose name has one of these words in it is never printed. */
const WITHHELD = /seed|salt|secret|authorization|password|passphrase|token/i;

/** JSON lines `{"level":"info","time":"…","name":"broker","event":"leaf.sealed",…}`. */
export function makeLog(name: string, options: LogOptions = {}): Log {
  const out = pino(
    {
      name,
      level: options.level ?? "info",
      base: { name },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    options.to ?? destination({ fd: 2, sync: true }),
  );
  return {
    debug: (event, facts) => out.debug(lineOf(event, facts)),
    info: (event, facts) => out.info(lineOf(event, facts)),
    warn: (event, facts) => out.warn(lineOf(event, facts)),
    error: (event, cause, facts) => out.error(lineOf(event, { ...errorFacts(cause), ...facts })),
  };
}

function lineOf(event: LogEvent, facts: Facts = {}): Facts {
  const line: Record<string, string | number | boolean | null> = { event };
  for (const [key, value] of Object.entries(facts)) {
    line[key] = WITHHELD.test(key) ? "[withheld]" : value;
  }
  return line;
}

function errorFacts(cause: unknown): Facts {
  if (!(cause instanceof Error)) return { error: String(cause) };
  const stack = cause.stack ?? cause.message;
  if (!(cause instanceof Failure)) return { error: cause.name, message: cause.message, stack };
  return { ...cause.facts, error: cause.name, code: cause.code, message: cause.message };
}
