import type { PriceTicks } from "@believe/shared/base";
import type { Side } from "@believe/shared/market";
import { isBetter, opposite, type WorkingOrder } from "@believe/shared/trade";

export interface ExitInput {
  /** Signed position. */
  readonly lots: number;
  /** Our orders that are not finished. */
  readonly orders: Iterable<WorkingOrder>;
  /** Where a new protective stop belongs; null only when flat. */
  readonly stop: PriceTicks | null;
  /** Where the resting stops should move, null to leave them. */
  readonly level: { readonly stop: PriceTicks; readonly reason: string } | null;
  /** Why the position is to be left, null to keep it. */
  readonly leaving: string | null;
  /** True after the venue refused an exit, until the next bar: an exit is not hammered. */
  readonly exitHeld: boolean;
}

export type ExitAction =
  | {
      readonly kind: "protect";
      readonly side: Side;
      readonly qty: number;
      readonly stop: PriceTicks;
    }
  | {
      readonly kind: "move";
      readonly order: string;
      readonly stop: PriceTicks;
      readonly reason: string;
    }
  | { readonly kind: "cancel"; readonly order: string; readonly reason: string }
  | { readonly kind: "exit"; readonly side: Side; readonly qty: number; readonly reason: string };

function left(order: WorkingOrder): number {
  return order.qty - order.filled;
}

function cancels(orders: readonly WorkingOrder[], reason: string): ExitAction[] {
  // An order without the venue's word cannot be cancelled yet; one whose cancel was asked or refused is on its way out.
  return orders
    .filter((order) => order.state === "working" && order.cancel === null)
    .map((order) => ({ kind: "cancel", order: order.order, reason }));
}

/**
 * What must be asked of the venue now, given where we stand: a level, not an edge, so it may be asked again after
 * every event and every start. A position is left in two steps, so that two orders can never both close it: first
 * everything that could still fill is cancelled; the market exit follows when the venue has confirmed that, and only
 * for what is still held.
 */
export function exitActions(input: ExitInput): ExitAction[] {
  const orders = [...input.orders];
  const stops = orders.filter((order) => order.role === "stop");
  const exits = orders.filter((order) => order.role === "exit");
  const entries = orders.filter((order) => order.role === "entry");
  if (input.lots === 0) {
    const entering = entries.length > 0 && input.leaving === null;
    return entering ? [] : cancels([...stops, ...exits], "position-flat");
  }
  const held: Side = input.lots > 0 ? "buy" : "sell";
  const size = Math.abs(input.lots);
  const side = opposite(held);
  if (input.leaving !== null) {
    const reason = input.leaving;
    if (stops.length + entries.length > 0) return cancels([...stops, ...entries], reason);
    if (exits.length > 0 || input.exitHeld) return [];
    return [{ kind: "exit", side, qty: size, reason }];
  }
  const covered = [...stops, ...exits].reduce((sum, order) => sum + left(order), 0);
  const out: ExitAction[] = [];
  if (covered < size && input.stop !== null) {
    out.push({ kind: "protect", side, qty: size - covered, stop: input.stop });
  }
  const { level } = input;
  if (level) {
    for (const order of stops) {
      const free = order.state === "working" && order.move === null && order.cancel === null;
      if (free && order.stop !== null && isBetter(held, level.stop, order.stop)) {
        out.push({ kind: "move", order: order.order, ...level });
      }
    }
  }
  return out;
}
