import { z } from "zod";
import { fillDraft } from "../../scripts/edge/fill-draft.ts";
import { startMetered } from "../../scripts/edge/metered.ts";
import type { Metric } from "../metric.ts";

const LEAVES = 20;
const RECORDS_PER_LEAF = 5_000;
const INGEST_BAR = 50_000;
/** A leaf costs some twelve rows whatever it holds; a strategy on 5-second bars journals twelve decisions a minute. */
const ROWS_PER_1K_BAR = 1_100;
const SMALL_LEAVES = 60;
const SMALL_RECORDS = 12;

const state = z.object({ size: z.int(), records: z.int() });

/**
 * The real Worker takes the record that the agents' own pusher sends: records that it covered, opened and
 * recomputed a second of requests, and the rows that it wrote for them (what Durable Objects bill).
 */
export async function ingestMetrics(): Promise<readonly Metric[]> {
  const edge = await startMetered();
  const { broker } = edge;
  const held = async () => {
    const answer = await fetch(`${broker.worker.url}/log/broker/state`);
    return state.parse(await answer.json());
  };
  const draftsOf = (records: number) => (minute: number) =>
    Array.from({ length: records }, (_, i) => fillDraft(minute * records + i));
  try {
    broker.fill(SMALL_LEAVES, draftsOf(SMALL_RECORDS));
    const { rowsWritten } = await edge.used(() => broker.push());
    const before = await held();
    broker.fill(LEAVES, draftsOf(RECORDS_PER_LEAF));
    const seconds = (await broker.push({ leavesPerRound: LEAVES })) / 1000;
    const { size, records } = await held();
    const taken = records - before.records;
    if (size !== before.size + LEAVES || taken !== LEAVES * RECORDS_PER_LEAF) {
      throw new Error(`expected all of ${LEAVES * RECORDS_PER_LEAF} records, was ${taken}`);
    }
    const perSecond = Math.round(taken / seconds);
    const per1k = Math.round((1000 * rowsWritten) / (SMALL_LEAVES * SMALL_RECORDS));
    return [
      {
        bench: "journal",
        metric: "ingest_records_per_s",
        value: perSecond,
        unit: "records/s",
        bar: `≥ ${INGEST_BAR}`,
        ok: perSecond >= INGEST_BAR,
      },
      {
        bench: "journal",
        metric: "rows_written_per_1k",
        value: per1k,
        unit: "rows",
        bar: `≤ ${ROWS_PER_1K_BAR} at ${SMALL_RECORDS} records a minute`,
        ok: per1k <= ROWS_PER_1K_BAR,
      },
    ];
  } finally {
    await edge.stop();
  }
}
