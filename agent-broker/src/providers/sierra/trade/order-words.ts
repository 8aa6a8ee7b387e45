import { type Qty, timeUs } from "@believe/shared/base";
import type { OrderType, VenueEvent, VenueExecution, VenueOrder } from "@believe/shared/trade";
import { reasonCode } from "@believe/shared/wire";
import type { FillsRow } from "./fills-row.ts";

/** Stamped again when it is handed out. */
const SOON = timeUs(0);
export const VENUE = "sierra";

/** The id of a child without its `.S` or `.T`, null for an order of its own. */
export function parentOf(order: string | null): string | null {
  return order !== null && /\.[ST]$/.test(order) ? order.slice(0, -2) : null;
}

/** The study's reason as a code. */
export function reasonOf(row: FillsRow): string {
  const parsed = reasonCode.safeParse(row.reason);
  return parsed.success ? parsed.data : "refused-by-venue";
}

function pricesOf(type: OrderType | null, row: FillsRow): Pick<VenueOrder, "price" | "stop"> {
  const stops = type === "STP";
  return { price: stops ? null : row.price, stop: stops ? row.price : null };
}

const STATES = {
  ACK: "working",
  MODIFY: "working",
  CANCEL: "cancelled",
  REJECT: "rejected",
} as const;

/** The order that an order row shows; null for a row that does not say enough of it. */
export function venueOrderOf(row: FillsRow, symbol: string): VenueOrder | null {
  const { event, order, ref, side, qty, filledTotal: filled, type } = row;
  if (event !== "ACK" && event !== "MODIFY" && event !== "CANCEL" && event !== "REJECT")
    return null;
  if (side === null || qty === null || filled === null || type === null) return null;
  return {
    order,
    ref: ref ?? `command-${row.cmdSeq ?? 0}`,
    symbol,
    side,
    qty,
    filled,
    type,
    ...pricesOf(type, row),
    state: event === "ACK" && filled >= qty ? "filled" : STATES[event],
    parent: parentOf(order),
  };
}

/** The execution that a FILL row tells; null for another row. */
export function executionOf(row: FillsRow, symbol: string): VenueExecution | null {
  const { event, order, ref, exec, side, qty, price, stampUs: atUs } = row;
  if (event !== "FILL" || ref === null || exec === null) return null;
  if (side === null || qty === null || price === null) return null;
  return { exec, revision: 0, order, ref, symbol, side, qty, price, atUs };
}

/** An execution of one of our orders as a word of the venue. */
export function executionWord(execution: VenueExecution & { readonly order: string }): VenueEvent {
  const { exec, order, symbol, side, qty, price } = execution;
  return { kind: "execution", tsUs: SOON, exec, order, symbol, side, qty, price, venue: VENUE };
}

/** What an order row says of one of our orders. */
export function orderWord(
  row: FillsRow & { readonly order: string },
  symbol: string,
): VenueEvent | null {
  const of = { tsUs: SOON, order: row.order, symbol };
  switch (row.event) {
    case "ACK":
      return { kind: "acknowledged", ...of };
    case "MODIFY":
      return { kind: "moved", ...pricesOf(row.type, row), ...of };
    case "CANCEL":
      return { kind: "cancelled", ...of };
    case "REJECT":
      return { kind: "rejected", reason: reasonOf(row), ...of };
    case "FILL":
    case "POSITION":
    case "ALIVE":
    case "SYNC-BEGIN":
    case "SYNC-END":
      return null;
  }
}

export function refusedWord(
  request: "cancel" | "move",
  of: { readonly order: string; readonly symbol: string },
  reason: "too-late" | "not-at-venue",
): VenueEvent {
  return { kind: "cancel-rejected", tsUs: SOON, request, reason, ...of };
}

export function absentWord(
  of: { readonly order: string; readonly symbol: string },
  reason: string,
): VenueEvent {
  return { kind: "absent", tsUs: SOON, reason, ...of };
}

/** Signed lots of an execution. */
export function signedLots(execution: { readonly side: string; readonly qty: Qty }): number {
  return execution.side === "buy" ? execution.qty : -execution.qty;
}
