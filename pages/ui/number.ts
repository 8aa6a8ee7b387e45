const MINUS = "\u2212";
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Our own money as it is printed: a sign, a shape to draw beside it, and what a screen reader says. */
export interface MoneyText {
  readonly direction: "gain" | "loss" | "zero";
  /** "+$1,041.35", "−$17.49" or "$0.00". */
  readonly text: string;
  /** "plus 1041 dollars 35". */
  readonly spoken: string;
}

interface Split {
  readonly negative: boolean;
  readonly whole: string;
  readonly cents: string;
}

function split(decimal: string): Split | null {
  const match = DECIMAL.exec(decimal);
  if (!match) return null;
  const whole = (match[2] ?? "0").replace(/^0+(?=\d)/, "");
  const cents = (match[3] ?? "").padEnd(2, "0").slice(0, 2);
  const zero = /^0*$/.test(whole) && /^0*$/.test(match[3] ?? "");
  return { negative: match[1] === "-" && !zero, whole, cents };
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Formats a decimal amount of USD. Text that is no decimal comes back as it is, without a direction. */
export function money(decimal: string): MoneyText {
  const parts = split(decimal);
  if (!parts) return { direction: "zero", text: decimal, spoken: decimal };
  const amount = `$${grouped(parts.whole)}.${parts.cents}`;
  const spoken = `${parts.whole} dollars${parts.cents === "00" ? "" : ` ${parts.cents}`}`;
  if (/^[0.]+$/.test(`${parts.whole}.${parts.cents}`)) {
    return { direction: "zero", text: amount, spoken: "0 dollars" };
  }
  return parts.negative
    ? { direction: "loss", text: `${MINUS}${amount}`, spoken: `minus ${spoken}` }
    : { direction: "gain", text: `+${amount}`, spoken: `plus ${spoken}` };
}

/** A price with at least two decimals, never grouped, without a currency. */
export function price(decimal: string): string {
  const match = DECIMAL.exec(decimal);
  if (!match) return decimal;
  return `${match[1] ? MINUS : ""}${match[2]}.${(match[3] ?? "").padEnd(2, "0")}`;
}

/** Signed lots, or the word for none. */
export function lotsText(lots: number): string {
  if (lots === 0) return "flat";
  return lots > 0 ? `+${lots}` : `${MINUS}${Math.abs(lots)}`;
}

/** Points with two decimals; the sign is always written. */
export function pointsText(points: number): string {
  const text = Math.abs(points).toFixed(2);
  return points < 0 && text !== "0.00" ? `${MINUS}${text}` : `+${text}`;
}

/** A count with grouping: 18,262. */
export function countText(count: number): string {
  return grouped(String(count));
}

/** "1 line", "18,262 lines". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** The first 8 and the last 4 characters of a hash. */
export function shortHash(hash: string): string {
  return hash.length <= 13 ? hash : `${hash.slice(0, 8)}\u2026${hash.slice(-4)}`;
}
