import type { Brand } from "./brand.ts";
import { Failure } from "./failure.ts";

/** A price as a whole number of the instrument's ticks. May be negative. */
export type PriceTicks = Brand<number, "PriceTicks">;
/** A number of lots, never negative: direction lives in `side`. */
export type Qty = Brand<number, "Qty">;
/** Money in integer minor units (US cents). */
export type MoneyMinor = Brand<number, "MoneyMinor">;

export class UnitFailure extends Failure<"not-an-integer" | "negative" | "not-a-decimal"> {}

function integer(value: number, what: string): number {
  if (!Number.isSafeInteger(value)) {
    throw new UnitFailure("not-an-integer", `expected ${what} as a safe integer, was ${value}`);
  }
  return value === 0 ? 0 : value;
}

export function priceTicks(value: number): PriceTicks {
  return integer(value, "price ticks") as PriceTicks;
}

export function qty(value: number): Qty {
  if (value < 0) throw new UnitFailure("negative", `expected a quantity ≥ 0, was ${value}`);
  return integer(value, "a quantity") as Qty;
}

export function moneyMinor(value: number): MoneyMinor {
  return integer(value, "minor units") as MoneyMinor;
}

/** Parses a plain decimal ("-12.50") into an integer scaled by 10^decimals; more decimals than that are refused. */
export function scaledInteger(text: string, decimals: number): number {
  const match = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(text);
  const fraction = match?.[3] ?? "";
  if (!match || fraction.replace(/0+$/, "").length > decimals) {
    throw new UnitFailure(
      "not-a-decimal",
      `expected a decimal with at most ${decimals} decimals, was ${JSON.stringify(text)}`,
    );
  }
  const digits = `${match[2]}${fraction.slice(0, decimals).padEnd(decimals, "0")}`;
  const value = integer(Number(digits), "a decimal");
  return match[1] === "-" && value !== 0 ? -value : value;
}

/** Prints an integer scaled by 10^decimals as a plain decimal. Inverse of `scaledInteger`. */
export function decimalOf(value: number, decimals: number): string {
  const digits = String(Math.abs(integer(value, "a scaled value"))).padStart(decimals + 1, "0");
  const whole = decimals === 0 ? digits : digits.slice(0, -decimals);
  const fraction = decimals === 0 ? "" : `.${digits.slice(-decimals)}`;
  return `${value < 0 ? "-" : ""}${whole}${fraction}`;
}

/** Money as a decimal string with two decimals, e.g. -1750 → "-17.50". */
export function moneyDecimal(value: MoneyMinor): string {
  return decimalOf(value, 2);
}
