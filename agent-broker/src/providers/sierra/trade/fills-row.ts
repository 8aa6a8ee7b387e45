import {
  type PriceTicks,
  priceTicks,
  type Qty,
  qty,
  type TimeUs,
  timeUs,
} from "@believe/shared/base";
import type { Instrument, Side } from "@believe/shared/market";
import type { OrderType } from "@believe/shared/trade";
import { identifier } from "@believe/shared/wire";
import { Cells } from "../cells.ts";
import { Header, headerOf } from "../row-parser.ts";

/** Columns of `fills_RGW.csv`; `docs/sierra-files.md` says what each holds. */
export const FILL_COLUMNS =
  "run_id,row_seq,ts_utc,event,client_order_id,internal_order_id,service_order_id,exec_id,symbol,account,side,qty,price,filled_total,position_after,is_sim,reason,type,cmd_seq,trading";

const EVENTS = [
  "ACK",
  "REJECT",
  "FILL",
  "CANCEL",
  "MODIFY",
  "POSITION",
  "ALIVE",
  "SYNC-BEGIN",
  "SYNC-END",
] as const;
export type FillsEvent = (typeof EVENTS)[number];

/** One row of the study, its cells read; null for a blank one. */
export interface FillsRow {
  readonly run: string;
  readonly rowSeq: number;
  readonly stampUs: TimeUs;
  readonly event: FillsEvent;
  readonly order: string | null;
  /** The venue's id of the order. */
  readonly ref: string | null;
  readonly exec: string | null;
  readonly account: string;
  readonly side: Side | null;
  readonly qty: Qty | null;
  readonly price: PriceTicks | null;
  readonly filledTotal: Qty | null;
  /** Signed lots. */
  readonly positionAfter: number | null;
  readonly isSim: boolean;
  readonly reason: string | null;
  readonly type: OrderType | null;
  readonly cmdSeq: number | null;
  readonly trading: boolean | null;
}

/** Why a row cannot be believed. */
export type RowFault =
  | "not-utf8"
  | "short-row"
  | "long-row"
  | "bad-seq"
  | "bad-stamp"
  | "bad-event"
  | "bad-id"
  | "bad-number"
  | "bad-price"
  | "other-symbol"
  | "missing-cell";

type Cell = Exclude<keyof FillsRow, "run" | "rowSeq" | "stampUs" | "event" | "account" | "isSim">;
/** What each event cannot do without. */
const NEEDS: Readonly<Record<FillsEvent, readonly Cell[]>> = {
  ACK: ["ref", "side", "qty", "filledTotal", "type"],
  REJECT: ["reason"],
  FILL: ["ref", "exec", "side", "qty", "price", "filledTotal", "positionAfter"],
  CANCEL: ["ref", "side", "qty", "filledTotal", "type"],
  MODIFY: ["ref", "side", "qty", "filledTotal", "type"],
  POSITION: ["positionAfter"],
  ALIVE: ["positionAfter", "cmdSeq", "trading"],
  "SYNC-BEGIN": ["cmdSeq"],
  "SYNC-END": ["cmdSeq", "qty"],
};
const NAMES = FILL_COLUMNS.split(",");
const TYPES: readonly OrderType[] = ["MKT", "LMT", "STP"];

/** A cell that cannot be read: thrown and caught in this file. */
class BadCell extends Error {
  readonly fault: RowFault;
  constructor(fault: RowFault) {
    super(fault);
    this.fault = fault;
  }
}

/** Reads rows by the names in the header that it was given last. */
export class FillsParser {
  readonly #instrument: Instrument;
  readonly #cells = new Cells();
  #header = new Header(FILL_COLUMNS);

  constructor(instrument: Instrument) {
    this.#instrument = instrument;
  }

  get header(): string {
    return this.#header.text;
  }

  /** Takes a line for the header when it is one. */
  adopt(line: Buffer): boolean {
    const header = headerOf(line, NAMES);
    if (header !== null) this.#header = header;
    return header !== null;
  }

  parse(line: Buffer): FillsRow | RowFault {
    const cells = this.#cells;
    cells.split(line);
    if (!cells.isUtf8) return "not-utf8";
    if (cells.count < this.#header.count) return "short-row";
    if (cells.count > this.#header.count) return "long-row";
    try {
      return this.#row();
    } catch (error) {
      if (error instanceof BadCell) return error.fault;
      throw error;
    }
  }

  #row(): FillsRow {
    const event = this.#oneOf("event", EVENTS, "bad-event") ?? bad("bad-event");
    const row: FillsRow = {
      run: this.#id("run_id") ?? bad("bad-id"),
      rowSeq: this.#whole("row_seq", "bad-seq") ?? bad("bad-seq"),
      stampUs: timeUs(known(this.#cells.stamp(this.#at("ts_utc")), "bad-stamp")),
      event,
      order: this.#id("client_order_id"),
      ref: this.#id("internal_order_id"),
      exec: this.#id("exec_id"),
      account: this.#id("account") ?? bad("bad-id"),
      side: this.#side(),
      qty: this.#lots("qty"),
      price: this.#price(),
      filledTotal: this.#lots("filled_total"),
      positionAfter: this.#signed("position_after"),
      isSim: this.#flag("is_sim") ?? bad("bad-number"),
      reason: this.#text("reason"),
      type: this.#oneOf("type", TYPES, "bad-event"),
      cmdSeq: this.#whole("cmd_seq", "bad-seq"),
      trading: this.#flag("trading"),
    };
    const symbol = this.#text("symbol");
    if (symbol !== this.#instrument.symbol) bad("other-symbol");
    if (NEEDS[event].some((cell) => row[cell] === null)) bad("missing-cell");
    if (row.type !== null && row.type !== "MKT" && row.price === null) bad("missing-cell");
    return row;
  }

  #at(name: string): number {
    return this.#header.at(name);
  }

  #text(name: string): string | null {
    const at = this.#at(name);
    return this.#cells.isBlank(at) ? null : this.#cells.text(at);
  }

  #id(name: string): string | null {
    const text = this.#text(name);
    if (text !== null && !identifier.safeParse(text).success) bad("bad-id");
    return text;
  }

  #oneOf<T extends string>(name: string, known: readonly T[], fault: RowFault): T | null {
    const text = this.#text(name);
    if (text === null) return null;
    return known.find((one) => one === text) ?? bad(fault);
  }

  #whole(name: string, fault: RowFault): number | null {
    const at = this.#at(name);
    return this.#cells.isBlank(at) ? null : known(this.#cells.whole(at), fault);
  }

  #lots(name: string): Qty | null {
    const lots = this.#whole(name, "bad-number");
    return lots === null ? null : qty(lots);
  }

  #signed(name: string): number | null {
    const text = this.#text(name);
    if (text === null) return null;
    return /^-?\d{1,9}$/.test(text) ? Number(text) + 0 : bad("bad-number");
  }

  #price(): PriceTicks | null {
    const at = this.#at("price");
    if (this.#cells.isBlank(at)) return null;
    return priceTicks(known(this.#cells.ticks(at, this.#instrument), "bad-price"));
  }

  #flag(name: string): boolean | null {
    const flag = this.#oneOf(name, ["0", "1"], "bad-number");
    return flag === null ? null : flag === "1";
  }

  #side(): Side | null {
    const side = this.#oneOf("side", ["BUY", "SELL"], "bad-event");
    if (side === null) return null;
    return side === "BUY" ? "buy" : "sell";
  }
}

function bad(fault: RowFault): never {
  throw new BadCell(fault);
}

function known(value: number, fault: RowFault): number {
  return Number.isNaN(value) ? bad(fault) : value;
}
