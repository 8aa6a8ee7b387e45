import type { Side } from "@believe/shared/market";

/** +1 for buy, −1 for sell. */
export function signOf(side: Side): 1 | -1 {
  return side === "buy" ? 1 : -1;
}

export function opposite(side: Side): Side {
  return side === "buy" ? "sell" : "buy";
}

/** Whether price `a` is better for one who holds `side` than price `b` (higher for buy). */
export function isBetter(side: Side, a: number, b: number): boolean {
  return signOf(side) * (a - b) > 0;
}
