import type { PriceTicks } from "@believe/shared/base";
import type { Side } from "@believe/shared/market";
import { isBetter, type WorkingOrder } from "@believe/shared/trade";

export interface ExitInput {
  /** Signed position. */
  readonly lots: number;
  /** Lots of it that are certainly there: an exit or a stop never asks for more. */
  readonly certain: number;
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
  /** True after the venue lost a protective stop, until the next bar. */
  readonly protectHeld: boolean;
  /** Why no entry may rest any more, null while they may. */
  readonly noEntries: string | null;
  /** False under a kill without flattening: everything is cancelled and nothing new is asked for. */
  readonly mayClose: boolean;
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
  return Math.max(0, order.qty - order.filled);
}

const sum = (orders: readonly WorkingOrder[]): number =>
  orders.reduce((lots, order) => lots + left(order), 0);

/** A child whose entry has filled nothing that is still open: it leaves with the entry. */
function isDormant(order: WorkingOrder, orders: readonly WorkingOrder[]): boolean {
  const { parent } = order;
  return parent !== undefined && left(order) === 0 && orders.some((one) => one.order === parent);
}

function cancels(orders: readonly WorkingOrder[], reason: string): ExitAction[] {
  // An order without the venue's word cannot be cancelled yet; one whose cancel was asked or refused is on its way out.
  return orders
    .filter((order) => order.state !== "sent" && order.cancel === null)
    .map((order) => ({ kind: "cancel", order: order.order, reason }));
}

interface Sorted {
  readonly stops: readonly WorkingOrder[];
  readonly exits: readonly WorkingOrder[];
  /** Limits that rest beside a stop of the same entry. */
  readonly targets: readonly WorkingOrder[];
  readonly entries: readonly WorkingOrder[];
}

function sorted(orders: readonly WorkingOrder[]): Sorted {
  const awake = orders.filter((order) => !isDormant(order, orders));
  return {
    stops: awake.filter((order) => order.role === "stop"),
    exits: awake.filter((order) => order.role === "exit" && order.parent === undefined),
    targets: awake.filter((order) => order.role === "exit" && order.parent !== undefined),
    entries: awake.filter((order) => order.role === "entry"),
  };
}

/**
 * What must be asked of the venue now, given where we stand: a level, not an edge, so it may be asked again after
 * every event and every start. A position is left in two steps, so that two orders can never both close it: first
 * everything that could still fill is cancelled; the market exit follows when the venue has confirmed that, and only
 * for what is still held. An order in doubt may have been filled already: what it could have closed is not certain,
 * and is neither exited nor protected a second time.
 */
export function exitActions(input: ExitInput): ExitAction[] {
  const by = sorted([...input.orders]);
  if (!input.mayClose) {
    const all = [...by.stops, ...by.targets, ...by.exits, ...by.entries];
    return cancels(all, input.leaving ?? "kill-switch");
  }
  if (input.lots === 0) return whenFlat(input, by);
  if (input.leaving !== null) return toLeave(input, by, input.leaving);
  return toHold(input, by);
}

function whenFlat({ leaving, noEntries }: ExitInput, by: Sorted): ExitAction[] {
  const closing = [...by.stops, ...by.targets, ...by.exits];
  const unwanted = leaving ?? noEntries;
  if (unwanted !== null) {
    return [...cancels(by.entries, unwanted), ...cancels(closing, "position-flat")];
  }
  // The rest of an entry whose first part is closed again: its trade is over.
  const rests = by.entries.filter((order) => order.filled > 0);
  if (by.entries.length > rests.length) return [];
  return cancels([...rests, ...closing], "position-flat");
}

function toLeave(input: ExitInput, by: Sorted, reason: string): ExitAction[] {
  const { lots, certain, exitHeld } = input;
  const side: Side = lots > 0 ? "sell" : "buy";
  // The venue refused to close it: until it is asked again the position is protected as one that is kept.
  if (exitHeld) return [...cancels(by.entries, reason), ...protects(input, by)];
  const resting = [...by.stops, ...by.targets, ...by.entries];
  // An exit from before a bust that turned the position would make it larger.
  const wrong = by.exits.filter((order) => order.side !== side);
  const out = cancels([...resting, ...wrong], reason);
  const isKnown = (order: WorkingOrder): boolean => order.state !== "unknown";
  if ([...resting, ...by.exits].some(isKnown)) return out;
  const doubtful = [...resting, ...by.exits].filter((order) => order.side === side);
  const qty = Math.min(certain, Math.abs(lots)) - sum(doubtful);
  return qty > 0 ? [...out, { kind: "exit", side, qty, reason }] : out;
}

/**
 * A stop for what no stop or exit covers; a target whose stop is gone makes room for it. Stops for more than is held,
 * as after a bust, make room for one that fits.
 */
function protects({ lots, certain, stop, protectHeld }: ExitInput, by: Sorted): ExitAction[] {
  const orphans = by.targets.filter((one) => !by.stops.some(({ parent }) => parent === one.parent));
  const out = cancels(orphans, "stop-lost");
  const covered = sum([...by.stops, ...by.exits]);
  if (covered > Math.abs(lots)) return [...out, ...cancels(by.stops, "stop-too-large")];
  const qty = Math.min(Math.abs(lots), certain) - covered;
  if (qty > 0 && stop !== null && !protectHeld) {
    out.push({ kind: "protect", side: lots > 0 ? "sell" : "buy", qty, stop });
  }
  return out;
}

function toHold(input: ExitInput, by: Sorted): ExitAction[] {
  const { lots, level, noEntries } = input;
  const held: Side = lots > 0 ? "buy" : "sell";
  const out = protects(input, by);
  if (noEntries !== null) out.unshift(...cancels(by.entries, noEntries));
  if (level) {
    for (const order of by.stops) {
      const free = order.state === "working" && order.move === null && order.cancel === null;
      if (free && order.stop !== null && isBetter(held, level.stop, order.stop)) {
        out.push({ kind: "move", order: order.order, ...level });
      }
    }
  }
  return out;
}
