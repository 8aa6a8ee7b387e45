import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import {
  LogFailure,
  NO_PINS,
  type PinnedLog,
  type Pins,
  parsePins,
  pinsText,
} from "@believe/shared/wire/log";
import { writeWhole } from "./whole-file.ts";

/** Reads the pins; a file that is not there is a first visit, one that does not parse a failure. */
export function readPins(file: string): Pins {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return NO_PINS;
    throw cause;
  }
  try {
    return parsePins(text);
  } catch (cause) {
    if (!(cause instanceof LogFailure)) throw cause;
    throw new LogFailure("tampered", cause.message, { cause, facts: { place: file } });
  }
}

/**
 * Remembers a log that held. The file is replaced whole: a crash leaves the old pins or the new ones; a run beside
 * this one that saw more leaves keeps its pin.
 */
export function rememberPin(file: string, origin: string, pin: PinnedLog): void {
  const now = readPins(file);
  if ((now.logs[origin]?.size ?? 0) > pin.size) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeWhole(file, pinsText({ v: 1, logs: { ...now.logs, [origin]: pin } }));
}
