import {
  bothLooks,
  reconcile,
  reconciliationBody,
  type SnapshotEvent,
} from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";
import type { Connection } from "./connection.ts";
import type { Ear } from "./ear.ts";
import type { Records } from "./records.ts";

/**
 * Brings our orders to where the venue's full state has them and writes down what that came to. Gives the orders that
 * must be cancelled. A position that differs ends entries and is never traded right by us.
 */
export function compare(
  event: SnapshotEvent,
  { records, ear, connection }: { records: Records; ear: Ear; connection: Connection },
): readonly string[] {
  const { holdings, nowUs } = records;
  const underWay = connection.isReady;
  const look = () => {
    const seen = reconcile(holdings, event, { underWay });
    for (const finding of seen.findings) {
      if (finding.kind === "word") ear.hear(finding.word);
      else if (!isOver(holdings, finding.outcome)) records.outcome(finding.outcome);
    }
    return seen;
  };
  const first = look();
  const seen = bothLooks(first, look());
  connection.onSnapshot(seen.foreign);
  const body = reconciliationBody(holdings, event.snapshot, seen, nowUs);
  records.emit({ stream: "reconciliation", body });
  for (const reason of seen.halts) records.halt(reason);
  if (body.verdict === "mismatch") records.halt("position-mismatch");
  return seen.cancels;
}

/** An earlier finding of the same look may have ended the order that this one is about. */
function isOver(
  { orders }: Records["holdings"],
  { order, state }: Pick<Body<"order">, "order" | "state">,
): boolean {
  return (state === "unknown" || state === "filled") && !orders.has(order);
}
