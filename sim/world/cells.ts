import { isInFlight, type WorkingOrder } from "@believe/shared/trade";
import { FAULT_KINDS, type FaultKind } from "./fault-kinds.ts";

/** What an order of ours can be when a fault strikes; `none`: there is no order. */
export const ORDER_STATES = [
  "none",
  "sent",
  "working",
  "partly-filled",
  "moving",
  "cancelling",
  "unknown",
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export function stateOf(order: WorkingOrder): OrderState {
  if (order.state !== "working") return order.state;
  if (order.cancel?.refused === false) return "cancelling";
  if (order.move !== null) return "moving";
  return order.filled > 0 ? "partly-filled" : "working";
}

export type Cell = `${OrderState}/${FaultKind}`;

/** Cells that no world can meet, each with its reason. */
export const UNREACHABLE: ReadonlyMap<Cell, string> = new Map();

export const REACHABLE: readonly Cell[] = ORDER_STATES.flatMap((state) =>
  FAULT_KINDS.map((kind): Cell => `${state}/${kind}`),
).filter((cell) => !UNREACHABLE.has(cell));

/** The cells that a fault meets with these orders, and whether a request of any is unanswered. */
export function meeting(
  kind: FaultKind,
  orders: Iterable<WorkingOrder>,
): { readonly cells: readonly Cell[]; readonly inFlight: boolean } {
  const cells = new Set<Cell>();
  let inFlight = false;
  for (const order of orders) {
    cells.add(`${stateOf(order)}/${kind}`);
    inFlight ||= isInFlight(order);
  }
  if (cells.size === 0) cells.add(`none/${kind}`);
  return { cells: [...cells], inFlight };
}
