import { priceTicks, qty, type TimeUs } from "@believe/shared/base";
import {
  type Instrument,
  instrumentOf,
  isOnTick,
  parsePrice,
  type TimedMarketEvent,
} from "@believe/shared/market";
import type { Tape, TapeRow } from "../tape/index.ts";

type Seen = Pick<
  TimedMarketEvent & { readonly kind: "quote" },
  "bid" | "bidSize" | "ask" | "askSize"
>;

/** What the venue sees of a tape's rows, in the tape's own time; null for a row that shows it nothing. */
export function tapeMarket(tape: Tape): (row: TapeRow) => TimedMarketEvent | null {
  const instrument = instrumentOf(tape.info.symbol);
  const columns = (tape.columns ?? "").split(",");
  return (row) => {
    switch (row.kind) {
      case "dom":
        return null;
      case "line":
        return ofLine(instrument, columns, row.line.toString("latin1").split(","), row.stampUs);
      case "tick": {
        const seen = {
          bid: priceTicks(row.bid),
          bidSize: qty(row.bidSize),
          ask: priceTicks(row.ask),
          askSize: qty(row.askSize),
        };
        return event(instrument, row.stampUs, seen, row);
      }
    }
  };
}

function event(
  { symbol }: Instrument,
  tsUs: TimeUs,
  seen: Seen,
  { price, volume }: { readonly price: number | null; readonly volume: number },
): TimedMarketEvent {
  const of = { tsUs, stampUs: tsUs, symbol, source: { run: "tape", seq: 0 }, ...seen };
  if (price === null) return { kind: "quote", ...of };
  return { kind: "trade", ...of, price: priceTicks(price), size: qty(volume), aggressor: null };
}

/** A real file's row; one that is not whole shows the venue nothing. */
function ofLine(
  instrument: Instrument,
  columns: readonly string[],
  cells: readonly string[],
  tsUs: TimeUs,
): TimedMarketEvent | null {
  if (cells.length !== columns.length) return null;
  const cell = (name: string): string => cells[columns.indexOf(name)] ?? "";
  const price = (name: string) =>
    isOnTick(instrument, cell(name)) ? parsePrice(instrument, cell(name)) : null;
  const size = (name: string) => qty(/^\d{1,9}$/.test(cell(name)) ? Number(cell(name)) : 0);
  const seen = {
    bid: price("bid"),
    bidSize: size("bid_size"),
    ask: price("ask"),
    askSize: size("ask_size"),
  };
  const isPrint = ["ASK", "BID", "NONE"].includes(cell("type"));
  const print = isPrint ? price("price") : null;
  if (seen.bid === null && seen.ask === null && print === null) return null;
  return event(instrument, tsUs, seen, { price: print, volume: size("volume") });
}
