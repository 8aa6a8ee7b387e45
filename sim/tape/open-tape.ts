import { fileTape } from "./file-tape.ts";
import { seededTape } from "./seeded-tape.ts";
import type { Tape, TapeInfo } from "./tape.ts";

/** Which tape: a file when `file` is given, else the seeded market of `seed`. */
export interface TapeChoice {
  readonly file?: string | undefined;
  readonly seed?: string | undefined;
  readonly symbol?: string | undefined;
}

export const DEFAULT_SEED = "believe";

/** Opens the chosen tape; throws `TapeFailure` or `InstrumentFailure` with one sentence for the operator. */
export function openTape(choice: TapeChoice): Tape {
  const symbol = choice.symbol === undefined ? {} : { symbol: choice.symbol };
  if (choice.file !== undefined) return fileTape(choice.file, symbol);
  return seededTape({ seed: choice.seed ?? DEFAULT_SEED, ...symbol });
}

/** What the chosen tape is, without playing it. */
export function tapeInfo(choice: TapeChoice): TapeInfo {
  return openTape(choice).info;
}
