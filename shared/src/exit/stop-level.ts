import { type PriceTicks, priceTicks } from "@believe/shared/base";
import type { Side } from "@believe/shared/market";
import { isBetter, signOf } from "@believe/shared/trade";
import type { ExitRules } from "./rules.ts";

export interface StopInput {
  /** Side of the position. */
  readonly side: Side;
  /** Average entry in ticks; may lie between two. */
  readonly entry: number;
  readonly firstStop: PriceTicks;
  /** Where the stop stands now. */
  readonly stop: PriceTicks;
  /** Best price since the entry. */
  readonly best: number;
  /** Close of the bar at whose end the stop may move. */
  readonly close: PriceTicks;
}

export interface StopLevel {
  readonly stop: PriceTicks;
  readonly reason: "break-even-stop" | "trailing-stop";
}

/**
 * Where the stop moves at a bar's close, or null when it stays. It never loosens, is rounded away from the market, and
 * stays at least a tick on the losing side of the close.
 */
export function stopLevel(rules: ExitRules, input: StopInput): StopLevel | null {
  const sign = signOf(input.side);
  const risk = Math.abs(input.entry - input.firstStop);
  const gain = sign * (input.best - input.entry);
  if (risk === 0 || gain < rules.breakEvenAtR * risk) return null;
  const trails = gain >= rules.trailFromR * risk;
  const wished = trails ? input.best - sign * rules.trailR * risk : input.entry;
  const rounded = sign === 1 ? Math.floor(wished) : Math.ceil(wished);
  const outermost = input.close - sign;
  const stop = sign === 1 ? Math.min(rounded, outermost) : Math.max(rounded, outermost);
  if (!isBetter(input.side, stop, input.stop)) return null;
  return { stop: priceTicks(stop), reason: trails ? "trailing-stop" : "break-even-stop" };
}
