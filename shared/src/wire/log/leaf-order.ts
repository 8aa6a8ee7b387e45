import { MINUTE_US, parseIsoUs, TimeFailure, utf8Text } from "@believe/shared/base";
import { type Leaf, parseLeaf } from "./leaf.ts";
import { placed, tampered } from "./log-source.ts";

/** Minutes without any leaf between two neighbours. */
export interface MinuteGap {
  /** The leaf before the gap. */
  readonly leaf: number;
  /** Minute of that leaf and of the next one. */
  readonly after: string;
  readonly before: string;
  readonly minutes: number;
}

function minuteNumber(minute: string, place: string): number {
  try {
    return parseIsoUs(`${minute.slice(0, 16)}:00Z`) / MINUTE_US;
  } catch (cause) {
    if (!(cause instanceof TimeFailure)) throw cause;
    throw tampered(place, `expected a minute of the calendar, was ${minute}`, cause);
  }
}

/**
 * Holds a log's entries to what its agent promises: each is the leaf of its own place, minutes never go back, and a
 * minute is continued only where its last leaf was `cut`. Minutes without a leaf are listed, not refused.
 */
export class LeafOrder {
  readonly leaves: Leaf[] = [];
  readonly gaps: MinuteGap[] = [];
  cuts = 0;
  readonly #origin: string;
  #minute = -1;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Takes the next entry; a finding names the leaf. */
  take(entry: Uint8Array): void {
    const index = this.leaves.length;
    const leaf = placed(placeOf(index, entry), () => parseLeaf(entry));
    const place = `leaf ${index} (${leaf.minute})`;
    if (leaf.origin !== this.#origin) {
      throw tampered(place, `expected a leaf of ${this.#origin}, was one of ${leaf.origin}`);
    }
    if (leaf.index !== index) {
      throw tampered(place, `expected leaf ${index}, was leaf ${leaf.index}`);
    }
    const minute = minuteNumber(leaf.minute, place);
    this.#follow(leaf, minute, place);
    this.#minute = minute;
    this.leaves.push(leaf);
    if (leaf.closed === "cut") this.cuts += 1;
  }

  #follow(leaf: Leaf, minute: number, place: string): void {
    const before = this.leaves[leaf.index - 1];
    if (before === undefined) return;
    if (minute < this.#minute) {
      throw tampered(place, `expected a minute from ${before.minute} on, was ${leaf.minute}`);
    }
    if (minute === this.#minute && before.closed === "whole") {
      throw tampered(place, `expected a minute after ${before.minute}, which was closed whole`);
    }
    const minutes = minute - this.#minute - 1;
    if (minutes > 0) {
      this.gaps.push({
        leaf: before.index,
        after: before.minute,
        before: leaf.minute,
        minutes,
      });
    }
  }
}

/** Names an entry that does not parse as well as its text allows. */
function placeOf(index: number, entry: Uint8Array): string {
  try {
    const minute = /^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/m.exec(utf8Text(entry))?.[0];
    return minute === undefined ? `leaf ${index}` : `leaf ${index} (${minute})`;
  } catch {
    return `leaf ${index}`;
  }
}
