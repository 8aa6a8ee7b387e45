import { isoUs, type TimeUs } from "@believe/shared/base";

/** Columns of `fills_RGW.csv`. */
export const FILLS_COLUMNS =
  "run_id,row_seq,ts_utc,event,client_order_id,internal_order_id,service_order_id,exec_id,symbol,account,side,qty,price,filled_total,position_after,is_sim,reason,type,cmd_seq,trading";
const NAMES = FILLS_COLUMNS.split(",");

export type FillsCells = Readonly<Record<string, string | number | null>>;

/** One row; a cell that is not named is blank. */
export function fillsRow(atUs: TimeUs, cells: FillsCells): string {
  const all: FillsCells = { ts_utc: isoUs(atUs), ...cells };
  return NAMES.map((name) => String(all[name] ?? "")).join(",");
}
