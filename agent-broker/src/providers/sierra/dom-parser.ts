import { priceTicks, qty, timeUs } from "@believe/shared/base";
import type { Instrument, Level, MarketEvent } from "@believe/shared/market";
import { Cells } from "./cells.ts";
import { type Fault, Header, Layout, type RowParser } from "./row-parser.ts";

const LEVELS = 10;
const NEEDED = ["seq", "ts_utc", "b1p", "b1q", "a1p", "a1q"];
const LEVEL_NAMES = ["b", "a"].map((side) =>
  Array.from({ length: LEVELS }, (_, i) => `${side}${i + 1}`),
);
const USUAL = new Header(
  `run_id,seq,ts_utc,last_tick_seq,${LEVEL_NAMES.flat()
    .map((level) => `${level}p,${level}q,${level}n`)
    .join(",")}`,
);

interface LevelColumns {
  readonly price: number;
  readonly size: number;
  readonly orders: number;
}

function columnsOf(header: Header) {
  const [bids = [], asks = []] = LEVEL_NAMES.map((names) =>
    names
      .map((name) => ({
        price: header.at(`${name}p`),
        size: header.at(`${name}q`),
        orders: header.at(`${name}n`),
      }))
      .filter((level) => level.price !== -1 && level.size !== -1),
  );
  return {
    run: header.at("run_id"),
    seq: header.at("seq"),
    stamp: header.at("ts_utc"),
    lastTick: header.at("last_tick_seq"),
    bids,
    asks,
  };
}

/** Rows of `dom_RGW_<symbol>_<day>.csv`: snapshots of the book. A crossed book before the open is no fault. */
export class DomParser implements RowParser {
  readonly #instrument: Instrument;
  readonly #cells = new Cells();
  readonly #fallbackRun: string;
  readonly #layout = new Layout({ usual: USUAL, needed: NEEDED, columnsOf });

  constructor(instrument: Instrument, fallbackRun: string) {
    this.#instrument = instrument;
    this.#fallbackRun = fallbackRun;
  }

  get header(): string {
    return this.#layout.header;
  }

  adopt(line: Buffer): boolean {
    return this.#layout.adopt(line);
  }

  parse(line: Buffer): MarketEvent | Fault {
    const cells = this.#cells;
    const { at } = this.#layout;
    cells.split(line);
    const misfit = this.#layout.misfit(cells);
    if (misfit !== null) return misfit;
    const seq = cells.whole(at.seq);
    if (Number.isNaN(seq) || (at.run !== -1 && cells.isBlank(at.run))) return "bad-seq";
    if (at.lastTick !== -1 && Number.isNaN(cells.wholeOrBlank(at.lastTick))) return "bad-seq";
    const stampUs = cells.stamp(at.stamp);
    if (Number.isNaN(stampUs)) return "bad-stamp";
    const bids = this.#side(at.bids, -1);
    if (typeof bids === "string") return bids;
    const asks = this.#side(at.asks, 1);
    if (typeof asks === "string") return asks;
    return {
      kind: "book",
      symbol: this.#instrument.symbol,
      stampUs: timeUs(stampUs),
      source: { run: at.run === -1 ? this.#fallbackRun : cells.text(at.run), seq },
      bids,
      asks,
    };
  }

  /** Best first: each level's price lies further away (`away` is its sign) than the one before. */
  #side(columns: readonly LevelColumns[], away: 1 | -1): Level[] | Fault {
    const cells = this.#cells;
    const levels: Level[] = [];
    let before = away * Number.NEGATIVE_INFINITY;
    for (const column of columns) {
      if (cells.isBlank(column.price)) continue;
      const price = cells.ticks(column.price, this.#instrument);
      if (Number.isNaN(price) || (price - before) * away <= 0) return "bad-price";
      const size = cells.whole(column.size);
      const orders = column.orders === -1 ? 0 : cells.wholeOrBlank(column.orders);
      if (Number.isNaN(size) || Number.isNaN(orders)) return "bad-size";
      levels.push({ price: priceTicks(price), size: qty(size), orders });
      before = price;
    }
    return levels;
  }
}
