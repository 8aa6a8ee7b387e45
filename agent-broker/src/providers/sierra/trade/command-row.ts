import { crc32 } from "node:zlib";
import { isoUs, parseIsoUs, type TimeUs } from "@believe/shared/base";
import type { OrderType, TimeInForce } from "@believe/shared/trade";
import { identifier } from "@believe/shared/wire";

/** Columns of `orders_RGW.csv`; `docs/sierra-files.md` says what each holds. */
export const ORDER_COLUMNS =
  "cmd_seq,ts_utc,expires_utc,action,client_order_id,symbol,account,side,type,qty,price1,price2,tif,stop_offset,target_offset,crc32";
const CELLS = ORDER_COLUMNS.split(",").length;

export type Action = "NEW" | "MODIFY" | "CANCEL" | "SYNC";
const ACTIONS: readonly Action[] = ["NEW", "MODIFY", "CANCEL", "SYNC"];

/** One command before the file numbers it. Prices and offsets are decimals, "" where there is none. */
export interface Command {
  readonly action: Action;
  /** Client order id, "" for SYNC. */
  readonly order: string;
  readonly symbol: string;
  readonly account: string;
  readonly side: "BUY" | "SELL" | "";
  readonly type: OrderType | "NONE";
  readonly qty: number | null;
  readonly price: string;
  /** From which the offsets are counted. */
  readonly reference: string;
  readonly tif: TimeInForce | null;
  readonly stopOffset: string;
  readonly targetOffset: string;
  readonly atUs: TimeUs;
  readonly expiresUs: TimeUs;
}

/** What a row that is in the file already says of its command. */
export interface WrittenCommand {
  readonly cmdSeq: number;
  readonly action: Action;
  readonly order: string;
  readonly qty: number;
  readonly expiresUs: TimeUs;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}

/** The row of a command, without its end of line. */
export function commandRow(cmdSeq: number, command: Command): string {
  const text = [
    cmdSeq,
    isoUs(command.atUs),
    isoUs(command.expiresUs),
    command.action,
    command.order,
    command.symbol,
    command.account,
    command.side,
    command.type,
    command.qty ?? "",
    command.price,
    command.reference,
    command.tif?.toUpperCase() ?? "",
    command.stopOffset,
    command.targetOffset,
  ].join(",");
  return `${text},${checksum(text)}`;
}

/** Reads a row back; null for one that is not whole and ours. */
export function parseCommandRow(line: string): WrittenCommand | null {
  const text = line.replace(/\r$/, "");
  const cut = text.lastIndexOf(",");
  if (cut < 0 || text.slice(cut + 1) !== checksum(text.slice(0, cut))) return null;
  const cells = text.split(",");
  const [seq = "", , expires = "", action, order = ""] = cells;
  const known = ACTIONS.find((one) => one === action);
  if (cells.length !== CELLS || !/^\d{1,15}$/.test(seq) || known === undefined) return null;
  if (order !== "" && !identifier.safeParse(order).success) return null;
  const qty = Number(cells[9] ?? "");
  return { cmdSeq: Number(seq), action: known, order, qty, expiresUs: parseIsoUs(expires) };
}
