import { LogFailure } from "./failure.ts";

/** Parses an ASCII decimal without leading zeroes, as C2SP writes sizes; beyond 2^53 − 1 it is refused. */
export function parseCount(text: string, what: string): number {
  const value = /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    throw new LogFailure("malformed", `expected ${what} as a decimal, was other text`);
  }
  return value;
}
