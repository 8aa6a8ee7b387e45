import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MINUTE_US, minuteOf, parseIsoUs, type TimeUs, timeUs } from "@believe/shared/base";
import { count, minuteText } from "@believe/shared/wire";
import { z } from "zod";
import { hasCode, replaceFile } from "../disk/index.ts";
import { SpoolFailure } from "./failure.ts";

const mark = z.strictObject({ v: z.literal(1), leaf: count, minute: minuteText });

/** The first microsecond of a minute as leaves name it. */
export function minuteStartOf(minute: string): TimeUs {
  return parseIsoUs(minute.replace("Z", ":00Z"));
}

export function minuteAfter(startUs: TimeUs): TimeUs {
  return timeUs(startUs + MINUTE_US);
}

/**
 * `minute.json`: the minute that opened as leaf `leaf` after a start or a cut. Every other open minute is the one
 * after the newest leaf, so nothing is written for it.
 */
export class MinuteMark {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, "minute.json");
  }

  write(leaf: number, startUs: TimeUs): void {
    replaceFile(this.#file, `${JSON.stringify({ v: 1, leaf, minute: minuteOf(startUs) })}\n`);
  }

  /** The minute that was marked as open for this leaf, null when none was. */
  read(leaf: number): TimeUs | null {
    let text: string;
    try {
      text = readFileSync(this.#file, "utf8");
    } catch (error) {
      if (hasCode(error, "ENOENT")) return null;
      throw error;
    }
    try {
      const marked = mark.parse(JSON.parse(text));
      return marked.leaf === leaf ? minuteStartOf(marked.minute) : null;
    } catch (cause) {
      throw new SpoolFailure("corrupt", `expected an open minute in ${this.#file}, was other`, {
        cause,
      });
    }
  }
}
