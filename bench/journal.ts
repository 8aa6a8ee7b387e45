import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wal } from "@believe/host/wal";
import { timeUs } from "@believe/shared/base";
import type { Draft } from "@believe/shared/wire";
import type { Metric } from "./metric.ts";

const DURABLE_RECORDS = 12_000;
const GROUPED_RECORDS = 200_000;
const GROUP = 256;

/** What a paper account writes most: a decision of every kind of length, and now and then a fill. */
function draftOf(i: number): Draft {
  const atUs = 1_704_810_000_000_000 + i * 5_000_000;
  if (i % 50 === 0) {
    return {
      stream: "fill",
      body: {
        exec: `e${i}`,
        order: `o${i}`,
        trade: `t${i}`,
        symbol: "ES",
        atUs,
        side: i % 100 === 0 ? "buy" : "sell",
        qty: 1,
        price: "4783.25",
        fee: "2.25",
        role: "entry",
        reason: "cross-up",
      },
    };
  }
  return {
    stream: "decision",
    body: {
      strategy: "sma-cross",
      symbol: "ES",
      atUs,
      verdict: "hold",
      side: null,
      close: "4783.25",
      reasons: ["no-cross", "inside-session"],
    },
  };
}

/** Appends `count` records, syncing after each `group`, then reads them back. Returns records a second. */
function appended(count: number, group: number): number {
  const folder = mkdtempSync(join(tmpdir(), "believe-bench-"));
  try {
    const open = (): Wal =>
      Wal.open({ folder, wallUs: () => timeUs(Math.round(performance.timeOrigin * 1000)) });
    const wal = open();
    const drafts = Array.from({ length: count }, (_, i) => draftOf(i));
    const begin = performance.now();
    for (const [i, draft] of drafts.entries()) {
      wal.append(draft);
      if ((i + 1) % group === 0) wal.sync();
    }
    wal.sync();
    const seconds = (performance.now() - begin) / 1000;
    wal.close();
    const again = open();
    let seq = 0;
    for (const { record } of again.records()) {
      const { stream, body } = draftOf(seq);
      const same = record.stream === stream && JSON.stringify(record.body) === JSON.stringify(body);
      if (record.seq !== seq || !same) throw new Error(`expected record ${seq}, was another`);
      seq++;
    }
    again.close();
    if (seq !== count) throw new Error(`expected ${count} records read back, was ${seq}`);
    return count / seconds;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rate(metric: string, value: number, bar: number): Metric {
  return {
    bench: "journal",
    metric,
    value: Math.round(value),
    unit: "records/s",
    bar: `≥ ${bar}`,
    ok: value >= bar,
  };
}

/** The journal on the disk of the temporary folder: each record durable by itself, and in groups. */
export async function run(): Promise<readonly Metric[]> {
  // Once without looking at the time: the first records pay for compiling the schema.
  appended(2_000, GROUP);
  return [
    rate("append_per_s", appended(DURABLE_RECORDS, 1), 3_000),
    rate("group_append_per_s", appended(GROUPED_RECORDS, GROUP), 50_000),
  ];
}
