import type { Brand } from "./brand.ts";
import { Failure } from "./failure.ts";

/** Integer microseconds since 1970-01-01T00:00:00Z. */
export type TimeUs = Brand<number, "TimeUs">;

export const SECOND_US = 1_000_000;
export const MINUTE_US = 60 * SECOND_US;
export const HOUR_US = 60 * MINUTE_US;
export const DAY_US = 24 * HOUR_US;

export class TimeFailure extends Failure<"not-a-time"> {}

export function timeUs(value: number): TimeUs {
  if (!Number.isSafeInteger(value)) {
    throw new TimeFailure("not-a-time", `expected integer microseconds, was ${value}`);
  }
  return value as TimeUs;
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;

/** Parses UTC ISO-8601 ("2024-01-09T14:20:00.000000Z"); digits below a microsecond are cut. */
export function parseIsoUs(text: string): TimeUs {
  const match = ISO.exec(text);
  const millis = match ? Date.parse(`${text.slice(0, 19)}Z`) : Number.NaN;
  const back = Number.isNaN(millis) ? "" : isoUs(timeUs(millis * 1000)).slice(0, 19);
  if (!match || back !== text.slice(0, 19)) {
    throw new TimeFailure(
      "not-a-time",
      `expected a UTC ISO-8601 time, was ${JSON.stringify(text)}`,
    );
  }
  return timeUs(millis * 1000 + Number((match[7] ?? "").slice(0, 6).padEnd(6, "0")));
}

/** UTC ISO-8601 with microseconds, e.g. "2024-01-09T14:20:00.000000Z". */
export function isoUs(at: TimeUs): string {
  const millis = Math.floor(at / 1000);
  const micros = at - millis * 1000;
  return `${new Date(millis).toISOString().slice(0, 23)}${String(micros).padStart(3, "0")}Z`;
}

/** The UTC minute that holds `at`, e.g. "2024-01-09T14:20Z". */
export function minuteOf(at: TimeUs): string {
  return `${isoUs(at).slice(0, 16)}Z`;
}

/** The first microsecond of the UTC minute that holds `at`. */
export function minuteStart(at: TimeUs): TimeUs {
  return timeUs(Math.floor(at / MINUTE_US) * MINUTE_US);
}
