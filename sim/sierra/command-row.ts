import { crc32 } from "node:zlib";
import { parseIsoUs, TimeFailure, type TimeUs } from "@believe/shared/base";

const COLUMNS =
  "cmd_seq,ts_utc,expires_utc,action,client_order_id,symbol,account,side,type,qty,price1,price2,tif,stop_offset,target_offset,crc32".split(
    ",",
  );

/** A row of `orders_RGW.csv` as the study takes it. Cells that it does not judge are text. */
export interface CommandRow {
  readonly cmdSeq: number;
  readonly expiresUs: TimeUs;
  readonly action: string;
  readonly order: string;
  readonly symbol: string;
  readonly account: string;
  readonly side: string;
  readonly type: string;
  /** 0 where the cell is blank. */
  readonly qty: number;
  readonly price: string;
  readonly reference: string;
  readonly stopOffset: string;
  readonly targetOffset: string;
}

/** Reads a line by the columns' order, which the header repeats; "header" for that, null for a row that is damaged. */
export function commandOf(line: string): CommandRow | "header" | null {
  const text = line.replace(/\r$/, "").replace(/^\ufeff/, "");
  if (text === COLUMNS.join(",")) return "header";
  const cut = text.lastIndexOf(",");
  const sum = crc32(text.slice(0, cut)).toString(16).padStart(8, "0");
  const cells = text.split(",");
  if (cut < 0 || text.slice(cut + 1) !== sum || cells.length !== COLUMNS.length) return null;
  const cell = (name: string): string => cells[COLUMNS.indexOf(name)] ?? "";
  const cmdSeq = Number(cell("cmd_seq"));
  const expiresUs = stampOf(cell("expires_utc"));
  if (!Number.isSafeInteger(cmdSeq) || cmdSeq < 1 || expiresUs === null) return null;
  return {
    cmdSeq,
    expiresUs,
    action: cell("action"),
    order: cell("client_order_id"),
    symbol: cell("symbol"),
    account: cell("account"),
    side: cell("side"),
    type: cell("type"),
    qty: Number(cell("qty")),
    price: cell("price1"),
    reference: cell("price2"),
    stopOffset: cell("stop_offset"),
    targetOffset: cell("target_offset"),
  };
}

function stampOf(text: string): TimeUs | null {
  try {
    return parseIsoUs(text);
  } catch (failure) {
    if (failure instanceof TimeFailure) return null;
    throw failure;
  }
}
