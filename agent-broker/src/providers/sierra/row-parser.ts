import type { MarketEvent } from "@believe/shared/market";

/** Why a row went to quarantine. */
export type Fault =
  | "not-utf8"
  | "short-row"
  | "long-row"
  | "bad-stamp"
  | "bad-price"
  | "bad-size"
  | "bad-type"
  | "bad-seq"
  | "duplicate"
  | "out-of-order"
  | "unknown-symbol"
  | "oversized-line";

/** Reads the rows of one kind of file under the header that it was given last. */
export interface RowParser {
  /** The header in force. */
  readonly header: string;
  /** Takes a line for the header when it is one. */
  adopt(line: Buffer): boolean;
  parse(line: Buffer): MarketEvent | Fault;
}

/** Finds columns by name, whatever their order. */
export class Header {
  readonly text: string;
  readonly count: number;
  readonly #index: ReadonlyMap<string, number>;

  constructor(text: string) {
    const names = text.split(",");
    this.text = text;
    this.count = names.length;
    this.#index = new Map(names.map((name, i) => [name, i]));
  }

  /** The column's index, or -1. */
  at(name: string): number {
    return this.#index.get(name) ?? -1;
  }

  hasAll(names: readonly string[]): boolean {
    return names.every((name) => this.#index.has(name));
  }
}

/** The line as a header when it names all of `needed`, else null. */
export function headerOf(line: Buffer, needed: readonly string[]): Header | null {
  if (!line.includes("ts_utc")) return null;
  const header = new Header(
    line
      .toString("latin1")
      .replace(/^\xef\xbb\xbf/, "")
      .replace(/\r$/, ""),
  );
  return header.hasAll(needed) ? header : null;
}
