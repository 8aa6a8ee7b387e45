import { METERS, type Meter, PAID_USD, PRICES, type Use } from "./plans.ts";

const MONTH_DAYS = 30;

/** One meter of a day against the plans. */
export interface BillLine {
  readonly meter: Meter;
  readonly perDay: number;
  /** Share of the Free plan's day: above 1 it does not fit. */
  readonly freeShare: number;
  /** What a month of such days costs above the Paid plan's own, USD. */
  readonly overUsd: number;
}

export interface Bill {
  readonly lines: readonly BillLine[];
  readonly fitsFree: boolean;
  /** A month on Workers Paid, USD. */
  readonly paidUsd: number;
}

export function billOf(day: Use): Bill {
  const lines = METERS.map((meter): BillLine => {
    const { freePerDay, paidPerMonth, perMillionUsd } = PRICES[meter];
    const over = Math.max(0, day[meter] * MONTH_DAYS - paidPerMonth);
    return {
      meter,
      perDay: day[meter],
      freeShare: day[meter] / freePerDay,
      overUsd: (over / 1e6) * perMillionUsd,
    };
  });
  return {
    lines,
    fitsFree: lines.every(({ freeShare }) => freeShare <= 1),
    paidUsd: lines.reduce((sum, { overUsd }) => sum + overUsd, PAID_USD),
  };
}

/** The most of one thing in a day that still fits the Free plan, when a day without it uses `without`. */
export function mostThatFits(without: Use, each: Use): number {
  const limits = METERS.map((meter) => {
    const left = PRICES[meter].freePerDay - without[meter];
    return each[meter] === 0 ? (left >= 0 ? Number.POSITIVE_INFINITY : 0) : left / each[meter];
  });
  return Math.max(0, Math.floor(Math.min(...limits)));
}

/** The bill as a table for a person. */
export function tableOf({ lines, fitsFree, paidUsd }: Bill): string {
  const rows = lines.map(({ meter, perDay, freeShare, overUsd }) => [
    PRICES[meter].name,
    Math.round(perDay).toLocaleString("en-US"),
    PRICES[meter].freePerDay.toLocaleString("en-US"),
    `${(100 * freeShare).toFixed(1)} %`,
    overUsd === 0 ? "in the plan" : `+ $${overUsd.toFixed(2)}`,
  ]);
  const all = [["", "a day", "Free has", "of Free", "Paid, a month"], ...rows];
  const widths = [0, 1, 2, 3, 4].map((at) => Math.max(...all.map((row) => (row[at] ?? "").length)));
  const text = all.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join("  "),
  );
  const free = fitsFree ? "fits the Free plan: $0.00" : "does not fit the Free plan";
  return [...text, `${free}; on Workers Paid $${paidUsd.toFixed(2)} a month`].join("\n");
}
