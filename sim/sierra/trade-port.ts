import {
  appendFileSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { FILLS_COLUMNS } from "./fills-row.ts";

/** The three files of the trading study. */
export interface TradePort {
  /** Bytes of `orders_RGW.csv` from an offset on; null when the file is shorter than that. */
  readOrders(from: number): Buffer | null;
  /** Adds whole rows to `fills_RGW.csv`, in one write. */
  appendFills(text: string): void;
  /** The last bytes of `fills_RGW.csv` form a whole line. */
  endsWhole(): boolean;
  loadState(): string | null;
  /** Replaces the state whole, before anything that follows from it. */
  saveState(text: string): void;
}

/** The files in a folder, opened and closed for every access as the study does. */
export function tradeFolder(folder: string): TradePort {
  mkdirSync(folder, { recursive: true });
  const orders = join(folder, "orders_RGW.csv");
  const fills = join(folder, "fills_RGW.csv");
  const state = join(folder, "study_RGW.state");
  return {
    readOrders(from) {
      const bytes = bytesOf(orders, from);
      return bytes === null && from === 0 ? Buffer.alloc(0) : bytes;
    },
    appendFills(text) {
      const file = openSync(fills, "a");
      try {
        const head = fstatSync(file).size === 0 ? `${FILLS_COLUMNS}\r\n` : "";
        appendFileSync(file, head + text);
      } finally {
        closeSync(file);
      }
    },
    endsWhole() {
      const bytes = bytesOf(fills, 0);
      return bytes === null || bytes.length === 0 || bytes.at(-1) === 0x0a;
    },
    loadState() {
      const bytes = bytesOf(state, 0);
      return bytes === null ? null : bytes.toString("utf8");
    },
    saveState(text) {
      writeFileSync(`${state}.next`, text);
      renameSync(`${state}.next`, state);
    },
  };
}

function bytesOf(path: string, from: number): Buffer | null {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    if (size < from) return null;
    const bytes = Buffer.alloc(size - from);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
  } finally {
    closeSync(file);
  }
}
