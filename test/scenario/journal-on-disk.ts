import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type JournalRecord, parseRecord } from "@believe/shared/wire";

/** The journal's whole lines as they lie on the disk, oldest first; a torn last line is not one. */
export function journalLines(broker: string): string[] {
  const folder = join(broker, "journal");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1));
}

export function journalRecords(broker: string): JournalRecord[] {
  return journalLines(broker).map((line) => parseRecord(line));
}

/** Position and realised result of a journal, worked out anew from nothing but its fills. */
export function recomputed(records: readonly JournalRecord[]): {
  readonly lots: Readonly<Record<string, number>>;
  readonly pnl: string;
} {
  const tickCents: Record<string, number> = { MESH4: 125, ESH4: 1250 };
  const open: Record<string, { sign: number; price: number }[]> = {};
  let cents = 0;
  for (const { stream, body } of records) {
    if (stream !== "fill") continue;
    const sign = body.side === "buy" ? 1 : -1;
    const ticks = Math.round(Number(body.price) * 4);
    cents -= Math.round(Number(body.fee) * 100);
    for (let lot = 0; lot < body.qty; lot++) {
      const queue = open[body.symbol] ?? [];
      open[body.symbol] = queue;
      const first = queue[0];
      if (first && first.sign === -sign) {
        queue.shift();
        cents += (ticks - first.price) * first.sign * (tickCents[body.symbol] ?? Number.NaN);
      } else queue.push({ sign, price: ticks });
    }
  }
  const lots = Object.entries(open).map(([symbol, queue]) => [
    symbol,
    queue.reduce((sum, { sign }) => sum + sign, 0),
  ]);
  return { lots: Object.fromEntries(lots), pnl: (cents / 100).toFixed(2) };
}
