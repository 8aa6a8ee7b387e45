import { isoUs, priceTicks, type TimeUs } from "@believe/shared/base";
import { type Instrument, priceDecimal } from "@believe/shared/market";
import type { DomRow, TickRow } from "../tape/index.ts";

const LEVELS = 10;

/** Columns of `ticks_RGW_<symbol>_<day>.csv`. */
export const TICK_COLUMNS =
  "run_id,seq,ts_utc,type,price,volume,bid,bid_size,ask,ask_size,total_bid_depth,total_ask_depth,unbundled";

/** Columns of `dom_RGW_<symbol>_<day>.csv`: price, size and orders of ten levels a side. */
export const DOM_COLUMNS = [
  "run_id,seq,ts_utc,last_tick_seq",
  ...["b", "a"].flatMap((side) =>
    Array.from({ length: LEVELS }, (_, i) => `${side}${i + 1}p,${side}${i + 1}q,${side}${i + 1}n`),
  ),
].join(",");

/** "20240109": the UTC day in a file's name. */
export function dayOf(at: TimeUs): string {
  return isoUs(at).slice(0, 10).replaceAll("-", "");
}

export function fileName(kind: "ticks" | "dom", symbol: string, day: string): string {
  return `${kind}_RGW_${symbol}_${day}.csv`;
}

/** A tick row without its run and number. */
export function tickCells(instrument: Instrument, row: TickRow): string {
  const text = (ticks: number): string => priceDecimal(instrument, priceTicks(ticks));
  const price = row.price === null ? "" : text(row.price);
  const best = `${text(row.bid)},${row.bidSize},${text(row.ask)},${row.askSize}`;
  const depth = `${row.bidDepth},${row.askDepth}`;
  return `${isoUs(row.stampUs)},${row.type},${price},${row.volume},${best},${depth},0`;
}

/** The levels of a snapshot, bids then asks, best first. */
export function domCells(instrument: Instrument, row: DomRow): string {
  const level = (ticks: number, size: number): string =>
    `${priceDecimal(instrument, priceTicks(ticks))},${size},${1 + Math.floor(size / 3)}`;
  const bids = row.bidSizes.map((size, i) => level(row.bid - i, size));
  const asks = row.askSizes.map((size, i) => level(row.ask + i, size));
  return [...bids, ...asks].join(",");
}
