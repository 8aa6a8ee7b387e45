import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wal } from "@believe/host/wal";
import { base64, timeUs, utf8 } from "@believe/shared/base";
import type { Draft } from "@believe/shared/wire";
import { knownKeys, verifyLog } from "@believe/shared/wire/log";
import { nodeTools } from "../verify/src/tools.ts";
import { estateKeys, ServedLog, vkeysOf } from "../verify/test/served-log.ts";
import { ingestMetrics } from "./edge/ingest.ts";
import type { Metric } from "./metric.ts";

const DURABLE_RECORDS = 12_000;
const GROUPED_RECORDS = 200_000;
const GROUP = 256;
const VERIFIED_LEAVES = 1_250;
const VERIFIED_PER_LEAF = 80;
const VERIFY_RUNS = 3;

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

function lineOf(seq: number): string {
  const salt = base64(utf8(String(seq).padStart(16, "0")));
  const { stream, body } = draftOf(seq);
  return JSON.stringify({ v: 1, seq, stream, wallUs: 1_704_810_000_000_000 + seq, body, salt });
}

/**
 * Seconds that the verifier takes for a log of 100,000 opened records in memory: signatures, tree, tiles, every
 * line and the day files. The best of a few runs; each must find every record, and a changed one must be refused.
 */
async function verified(): Promise<number> {
  const plans = Array.from({ length: VERIFIED_LEAVES }, (_, leaf) => ({
    lines: Array.from({ length: VERIFIED_PER_LEAF }, (_, i) =>
      lineOf(leaf * VERIFIED_PER_LEAF + i),
    ),
  }));
  const source = await ServedLog.of(plans);
  const { journal, witness } = vkeysOf(estateKeys(1));
  const check = () => verifyLog({ source, keys: knownKeys([journal, witness]), tools: nodeTools });
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < VERIFY_RUNS; run++) {
    const begin = performance.now();
    const outcome = await check();
    best = Math.min(best, (performance.now() - begin) / 1000);
    const records = outcome.kind === "verified" ? outcome.report.opened.records : outcome.kind;
    const expected = VERIFIED_LEAVES * VERIFIED_PER_LEAF;
    if (records !== expected) throw new Error(`expected ${expected} records, was ${records}`);
  }
  source.files.set("open/700", utf8(source.text("open/700").replace("4783.25", "4783.50")));
  const refused = await check();
  if (refused.kind !== "tampered" || !refused.place.startsWith("open/700 ")) {
    throw new Error(`expected a finding in leaf 700, was ${refused.kind}`);
  }
  return best;
}

/** The journal on the disk of the temporary folder: each record durable by itself, and in groups; and its verifying. */
export async function run(): Promise<readonly Metric[]> {
  // Once without looking at the time: the first records pay for compiling the schema.
  appended(2_000, GROUP);
  const seconds = await verified();
  return [
    rate("append_per_s", appended(DURABLE_RECORDS, 1), 3_000),
    rate("group_append_per_s", appended(GROUPED_RECORDS, GROUP), 50_000),
    {
      bench: "journal",
      metric: "verify_100k_s",
      value: Math.round(seconds * 1000) / 1000,
      unit: "s",
      bar: "< 1",
      ok: seconds < 1,
    },
    ...(await ingestMetrics()),
  ];
}
