import { priceTicks, qty, timeUs } from "@believe/shared/base";
import type { Instrument, MarketEvent, Side } from "@believe/shared/market";
import { Cells } from "./cells.ts";
import { type Fault, Header, Layout, type RowParser } from "./row-parser.ts";

const NEEDED = ["seq", "ts_utc", "type", "price", "volume", "bid", "bid_size", "ask", "ask_size"];
const USUAL = new Header(
  "run_id,seq,ts_utc,type,price,volume,bid,bid_size,ask,ask_size,total_bid_depth,total_ask_depth,unbundled",
);

function columnsOf(header: Header) {
  return {
    run: header.at("run_id"),
    seq: header.at("seq"),
    stamp: header.at("ts_utc"),
    type: header.at("type"),
    price: header.at("price"),
    volume: header.at("volume"),
    bid: header.at("bid"),
    bidSize: header.at("bid_size"),
    ask: header.at("ask"),
    askSize: header.at("ask_size"),
    depths: [header.at("total_bid_depth"), header.at("total_ask_depth")].filter((at) => at !== -1),
  };
}

type Kind = "trade" | "quote" | "gap";
const TYPES: readonly { text: string; kind: Kind; aggressor: Side | null }[] = [
  { text: "ASK", kind: "trade", aggressor: "buy" },
  { text: "BID", kind: "trade", aggressor: "sell" },
  { text: "QUOTE", kind: "quote", aggressor: null },
  { text: "NONE", kind: "trade", aggressor: null },
  { text: "GAP", kind: "gap", aggressor: null },
];

/** Rows of `ticks_RGW_<symbol>_<day>.csv`. */
export class TickParser implements RowParser {
  readonly #instrument: Instrument;
  readonly #cells = new Cells();
  /** The run of rows whose file has no run_id. */
  readonly #fallbackRun: string;
  readonly #layout = new Layout({ usual: USUAL, needed: NEEDED, columnsOf });
  #run = "";

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
    const stampUs = cells.stamp(at.stamp);
    if (Number.isNaN(stampUs)) return "bad-stamp";
    const type = TYPES.find((one) => cells.is(at.type, one.text));
    if (!type) return "bad-type";
    for (const depth of at.depths) if (Number.isNaN(cells.wholeOrBlank(depth))) return "bad-size";
    const row = {
      symbol: this.#instrument.symbol,
      stampUs: timeUs(stampUs),
      source: { run: this.#runOf(), seq },
    };
    if (type.kind === "gap") return { kind: "gap", ...row };
    const bid = cells.isBlank(at.bid) ? null : cells.ticks(at.bid, this.#instrument);
    const ask = cells.isBlank(at.ask) ? null : cells.ticks(at.ask, this.#instrument);
    if (Number.isNaN(bid) || Number.isNaN(ask)) return "bad-price";
    const bidSize = cells.wholeOrBlank(at.bidSize);
    const askSize = cells.wholeOrBlank(at.askSize);
    if (Number.isNaN(bidSize) || Number.isNaN(askSize)) return "bad-size";
    const best = {
      bid: bid === null ? null : priceTicks(bid),
      bidSize: qty(bidSize),
      ask: ask === null ? null : priceTicks(ask),
      askSize: qty(askSize),
    };
    // A quote has no print: the study leaves its price blank, its volume blank or 0.
    const isQuote = type.kind === "quote";
    const quiet = isQuote && cells.isBlank(at.price);
    const price = quiet ? 0 : cells.ticks(at.price, this.#instrument);
    if (Number.isNaN(price)) return "bad-price";
    const size = isQuote ? cells.wholeOrBlank(at.volume) : cells.whole(at.volume);
    if (Number.isNaN(size)) return "bad-size";
    if (isQuote) return { kind: "quote", ...row, ...best };
    const print = { price: priceTicks(price), size: qty(size), aggressor: type.aggressor };
    return { kind: "trade", ...row, ...best, ...print };
  }

  #runOf(): string {
    const at = this.#layout.at.run;
    if (at === -1) return this.#fallbackRun;
    if (!this.#cells.is(at, this.#run)) this.#run = this.#cells.text(at);
    return this.#run;
  }
}
