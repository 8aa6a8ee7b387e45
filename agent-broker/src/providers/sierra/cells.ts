import { isUtf8 } from "node:buffer";
import {
  DAY_US,
  HOUR_US,
  MINUTE_US,
  parseIsoUs,
  SECOND_US,
  TimeFailure,
} from "@believe/shared/base";
import type { Instrument } from "@believe/shared/market";

const COMMA = 0x2c;
const CR = 0x0d;
const DOT = 0x2e;
const MINUS = 0x2d;
const ZERO = 0x30;
/** Digits that a double always holds exactly. */
const EXACT_DIGITS = 15;
const MOST_CELLS = 128;

/**
 * The cells of one CSV line, read as bytes in place: tens of thousands of rows a second leave no time for a
 * string of each. Bad content is NaN, so that a row's parser can name the reason.
 */
export class Cells {
  count = 0;
  #line: Buffer = Buffer.alloc(0);
  readonly #starts = new Int32Array(MOST_CELLS + 1);
  #day = "";
  #dayUs = Number.NaN;
  #highBytes = false;

  /** Takes a line, with or without CR. A comma in quotes does not occur in these files. */
  split(line: Buffer): void {
    let { length } = line;
    if (length > 0 && line[length - 1] === CR) length--;
    this.#line = line;
    this.#highBytes = false;
    let count = 0;
    this.#starts[0] = 0;
    for (let i = 0; i < length; i++) {
      const byte = line[i] ?? 0;
      if (byte === COMMA) {
        count++;
        if (count < MOST_CELLS) this.#starts[count] = i + 1;
      } else if (byte >= 0x80) this.#highBytes = true;
    }
    this.count = count + 1;
    this.#starts[Math.min(this.count, MOST_CELLS)] = length + 1;
  }

  get isUtf8(): boolean {
    return !this.#highBytes || isUtf8(this.#line);
  }

  isBlank(cell: number): boolean {
    return this.#start(cell) === this.#end(cell);
  }

  text(cell: number): string {
    return this.#line.toString("utf8", this.#start(cell), this.#end(cell));
  }

  is(cell: number, text: string): boolean {
    const start = this.#start(cell);
    if (this.#end(cell) - start !== text.length) return false;
    for (let i = 0; i < text.length; i++) {
      if (this.#line[start + i] !== text.charCodeAt(i)) return false;
    }
    return true;
  }

  /** A whole number ≥ 0, else NaN. */
  whole(cell: number): number {
    return this.#digits(this.#start(cell), this.#end(cell));
  }

  /** A whole number ≥ 0, 0 for a blank cell, else NaN. */
  wholeOrBlank(cell: number): number {
    return this.isBlank(cell) ? 0 : this.whole(cell);
  }

  /** Price in ticks under the law of `parsePrice`; NaN when it is no decimal or lies between two ticks. */
  ticks(cell: number, instrument: Instrument): number {
    const line = this.#line;
    const end = this.#end(cell);
    const first = this.#start(cell);
    const negative = line[first] === MINUS;
    const start = negative ? first + 1 : first;
    let dot = start;
    while (dot < end && line[dot] !== DOT) dot++;
    let scaled = this.#digits(start, dot);
    if (dot + 1 === end) return Number.NaN;
    for (let i = 0; i < instrument.priceDecimals; i++) {
      const at = dot + 1 + i;
      const digit = at < end ? (line[at] ?? 0) - ZERO : 0;
      if (digit < 0 || digit > 9) return Number.NaN;
      scaled = scaled * 10 + digit;
    }
    for (let at = dot + 1 + instrument.priceDecimals; at < end; at++) {
      if (line[at] !== ZERO) return Number.NaN;
    }
    const ticks = scaled / instrument.tickSize;
    if (!Number.isSafeInteger(scaled) || !Number.isInteger(ticks)) return Number.NaN;
    return negative && ticks !== 0 ? -ticks : ticks;
  }

  /** Microseconds since 1970 of a UTC ISO-8601 stamp with up to nine decimals, else NaN. */
  stamp(cell: number): number {
    const line = this.#line;
    const at = this.#start(cell);
    const end = this.#end(cell) - 1;
    if (end - at < 19 || line[end] !== 0x5a || line[at + 10] !== 0x54) return Number.NaN;
    if (line[at + 13] !== 0x3a || line[at + 16] !== 0x3a) return Number.NaN;
    const hour = this.#digits(at + 11, at + 13);
    const minute = this.#digits(at + 14, at + 16);
    const second = this.#digits(at + 17, at + 19);
    if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
    let micros = 0;
    const decimals = end - at - 20;
    if (end > at + 19) {
      if (line[at + 19] !== DOT || decimals < 1 || decimals > 9) return Number.NaN;
      const kept = Math.min(decimals, 6);
      micros = this.#digits(at + 20, at + 20 + kept);
      for (let i = kept; i < 6; i++) micros *= 10;
      if (decimals > 6 && Number.isNaN(this.#digits(at + 26, end))) return Number.NaN;
    }
    return this.#dayStart(at) + hour * HOUR_US + minute * MINUTE_US + second * SECOND_US + micros;
  }

  #dayStart(at: number): number {
    const day = this.#day;
    let same = day !== "";
    for (let i = 0; same && i < 10; i++) same = this.#line[at + i] === day.charCodeAt(i);
    if (same) return this.#dayUs;
    const text = this.#line.toString("latin1", at, at + 10);
    try {
      this.#dayUs = Math.floor(parseIsoUs(`${text}T00:00:00Z`) / DAY_US) * DAY_US;
    } catch (failure) {
      if (failure instanceof TimeFailure) return Number.NaN;
      throw failure;
    }
    this.#day = text;
    return this.#dayUs;
  }

  #digits(start: number, end: number): number {
    if (end <= start || end - start > EXACT_DIGITS) return Number.NaN;
    let value = 0;
    for (let i = start; i < end; i++) {
      const digit = (this.#line[i] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) return Number.NaN;
      value = value * 10 + digit;
    }
    return value;
  }

  #start(cell: number): number {
    return this.#starts[cell] ?? 0;
  }

  #end(cell: number): number {
    return (this.#starts[cell + 1] ?? 1) - 1;
  }
}
