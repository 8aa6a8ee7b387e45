import { utf8Text } from "@believe/shared/base";
import { z } from "zod";
import { count, hashBase64 } from "../fields.ts";
import { LogFailure } from "./failure.ts";
import { type KnownKeys, knownKeys } from "./known-keys.ts";
import { type LogSource, placed, tampered } from "./log-source.ts";
import { readState } from "./served-state.ts";
import { operatorName } from "./unfreeze.ts";
import type { LogReport } from "./verify-log.ts";

const pinnedLog = z.strictObject({
  /** Its newest verifier key. */
  vkey: z.string(),
  /** Verifier keys of its witnesses. */
  witnesses: z.array(z.string()),
  /** Verifier key of its operator, where a keys file named it. */
  operator: z.string().optional(),
  /** The last checkpoint that held. */
  size: count,
  root: hashBase64,
  openedLeaves: count,
  records: count,
  /** Addresses where it was seen. */
  at: z.array(z.string()),
});
const pins = z.strictObject({ v: z.literal(1), logs: z.record(z.string(), pinnedLog) });

/** What a verifier remembers of one log, so that it can't be shown another history. */
export type PinnedLog = z.infer<typeof pinnedLog>;
/** The logs that a verifier has seen, by origin. */
export type Pins = z.infer<typeof pins>;

export const NO_PINS: Pins = { v: 1, logs: {} };

/** Parses a pins file; other text is a failure, never an empty file: what was seen must not be forgotten. */
export function parsePins(text: string): Pins {
  try {
    const parsed = pins.parse(JSON.parse(text));
    for (const pin of Object.values(parsed.logs)) keysOfPin(pin);
    return parsed;
  } catch (cause) {
    const refused = cause instanceof z.ZodError || cause instanceof SyntaxError;
    if (!refused && !(cause instanceof LogFailure)) throw cause;
    throw new LogFailure("malformed", "expected a pins file, was other text", { cause });
  }
}

export function pinsText(all: Pins): string {
  return `${JSON.stringify(all, null, 2)}\n`;
}

/** The pin of the log that claims `origin` at `address`; an address that showed another log before is a finding. */
export function pinOf(all: Pins, origin: string, address: string): PinnedLog | undefined {
  for (const [other, { at }] of Object.entries(all.logs)) {
    if (other !== origin && at.includes(address)) {
      throw tampered("checkpoint", `expected the log ${other} that was seen here, was ${origin}`);
    }
  }
  return Object.hasOwn(all.logs, origin) ? all.logs[origin] : undefined;
}

/** Keys to check a pinned log with. */
export function keysOfPin({ vkey, witnesses, operator }: PinnedLog): KnownKeys {
  return knownKeys([vkey, ...witnesses, ...(operator === undefined ? [] : [operator])]);
}

/** Keys as the mirror itself shows them: good for a first visit only, which believes nothing of them yet. */
export async function servedKeys(source: LogSource): Promise<KnownKeys | null> {
  const bytes = await source.get("vkey");
  if (bytes === null) return null;
  const vkey = placed("vkey", () => textOf(bytes));
  const witness = (await readState(source))?.witness;
  return placed("vkey", () => knownKeys(witness === undefined ? [vkey] : [vkey, witness]));
}

function textOf(bytes: Uint8Array): string {
  const text = utf8Text(bytes);
  if (!/^[^\n]+\n$/.test(text)) throw tampered("vkey", "expected one line, was other text");
  return text.slice(0, -1);
}

/** What to remember of a log that held: its newest checkpoint, and where it was seen. */
export function pinned(
  report: LogReport,
  about: {
    readonly keys: KnownKeys;
    readonly address: string;
    readonly before: PinnedLog | undefined;
  },
): PinnedLog {
  const { origin } = report.signed.checkpoint;
  const operator = about.keys.notes.find(({ name }) => name === operatorName(origin))?.vkey;
  return {
    vkey: report.inForce,
    ...(operator === undefined ? {} : { operator }),
    witnesses: about.keys.witnesses.map((key) => key.vkey),
    size: report.signed.checkpoint.size,
    root: report.root,
    openedLeaves: report.opened.leaves,
    records: report.opened.records,
    at: [...new Set([...(about.before?.at ?? []), about.address])],
  };
}
