import type { Wal } from "@believe/host/wal";
import { decimalOf } from "@believe/shared/base";
import { instrumentOf } from "@believe/shared/market";
import { draftOf, emptyHoldings, Holdings } from "@believe/shared/trade";

/** What one journal comes to, counted from its records. */
export interface JournalSummary {
  readonly decisions: number;
  readonly intents: number;
  /** Orders that the venue acknowledged. */
  readonly orders: number;
  readonly fills: number;
  /** Protective stops that were filled. */
  readonly stops: number;
  /** Orders that were cancelled. */
  readonly cancels: number;
  readonly journalRecords: number;
  /** Signed lots by symbol. */
  readonly positionLots: Readonly<Record<string, number>>;
  /** Realised, net of the fees of every fill, in USD. */
  readonly pnl: string;
}

/** Counts a journal from its first record on. */
export function summaryOf(wal: Pick<Wal, "records">, symbol: string): JournalSummary {
  const counts = {
    decisions: 0,
    intents: 0,
    orders: 0,
    fills: 0,
    stops: 0,
    cancels: 0,
    journalRecords: 0,
  };
  const books = new Map([[symbol, new Holdings(instrumentOf(symbol), emptyHoldings())]]);
  for (const { record } of wal.records()) {
    counts.journalRecords += 1;
    if (record.stream === "decision") counts.decisions += 1;
    if (record.stream === "intent") counts.intents += 1;
    if (record.stream === "order" && record.body.state === "acknowledged") counts.orders += 1;
    if (record.stream === "order" && record.body.state === "cancelled") counts.cancels += 1;
    if (record.stream === "fill") counts.fills += 1;
    if (record.stream === "fill" && record.body.role === "stop") counts.stops += 1;
    if ("symbol" in record.body) {
      const book =
        books.get(record.body.symbol) ??
        new Holdings(instrumentOf(record.body.symbol), emptyHoldings());
      books.set(record.body.symbol, book);
      book.apply(draftOf(record));
    }
  }
  const realised = [...books.values()].reduce((sum, book) => sum + book.realised, 0);
  return {
    ...counts,
    positionLots: Object.fromEntries([...books].map(([name, book]) => [name, book.net])),
    pnl: decimalOf(realised, 2),
  };
}
