import { z } from "zod";
import type { Venue } from "./arguments.ts";

const count = z.int().nonnegative();

/** What the broker agent prints as its last line. */
export const brokerSummary = z.looseObject({
  rowsRead: count,
  rowsQuarantined: count,
  domRows: count,
  events: count,
  decisions: count,
  intents: count,
  orders: count,
  fills: count,
  stops: count,
  cancels: count,
  journalRecords: count,
  treeSize: count,
  tip: z.string(),
  decisionTip: z.string(),
  positionLots: z.record(z.string(), z.int()),
  pnl: z.string(),
});
export type BrokerSummary = z.infer<typeof brokerSummary>;

const logState = z.object({ size: count, records: count, root: z.string().nullable() });

export interface Summary extends Omit<BrokerSummary, "event"> {
  readonly url: string;
  readonly tape: string;
  readonly venue: Venue;
  readonly workerRecords: number;
  readonly workerTreeSize: number;
  readonly workerTip: string | null;
  readonly startupMs: number;
  readonly rssMb: { readonly broker: number; readonly research: number; readonly worker: number };
}

/** What the Worker holds of the log: leaves covered, opened lines that it checked, and its root (base64). */
export async function workerLog(
  url: string,
): Promise<{ readonly size: number; readonly records: number; readonly root: string | null }> {
  const answer = await fetch(`${url}/log/broker/state`);
  if (!answer.ok) return { size: 0, records: 0, root: null };
  return logState.parse(await answer.json());
}
