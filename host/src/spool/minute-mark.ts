import { join } from "node:path";
import {
  type Disk,
  MINUTE_US,
  minuteOf,
  parseIsoUs,
  type TimeUs,
  timeUs,
} from "@believe/shared/base";
import { count, minuteText } from "@believe/shared/wire";
import { z } from "zod";
import { readText, replaceFile } from "../disk/index.ts";
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
  readonly #disk: Disk;
  readonly #file: string;

  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#file = join(folder, "minute.json");
  }

  write(leaf: number, startUs: TimeUs): void {
    const text = `${JSON.stringify({ v: 1, leaf, minute: minuteOf(startUs) })}\n`;
    replaceFile(this.#file, text, this.#disk);
  }

  /** The minute that was marked as open for this leaf, null when none was. */
  read(leaf: number): TimeUs | null {
    const text = readText(this.#disk, this.#file);
    if (text === null) return null;
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
