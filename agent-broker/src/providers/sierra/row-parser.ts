import type { MarketEvent } from "@believe/shared/market";
import type { Cells } from "./cells.ts";

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

interface LayoutOptions<Columns> {
  /** In force until the file shows its own. */
  readonly usual: Header;
  /** A line that names all of these is a header. */
  readonly needed: readonly string[];
  /** Looks a header's columns up, once. */
  readonly columnsOf: (header: Header) => Columns;
}

/** The header in force, and where in it the columns of one kind of file are. */
export class Layout<Columns> {
  readonly #options: LayoutOptions<Columns>;
  #header: Header;
  #at: Columns;

  constructor(options: LayoutOptions<Columns>) {
    this.#options = options;
    this.#header = options.usual;
    this.#at = options.columnsOf(options.usual);
  }

  get header(): string {
    return this.#header.text;
  }

  get at(): Columns {
    return this.#at;
  }

  adopt(line: Buffer): boolean {
    const header = headerOf(line, this.#options.needed);
    if (!header) return false;
    this.#header = header;
    this.#at = this.#options.columnsOf(header);
    return true;
  }

  /** Why a row's cells are not those of the header, null when they are. */
  misfit(cells: Cells): Fault | null {
    if (!cells.isUtf8) return "not-utf8";
    if (cells.count < this.#header.count) return "short-row";
    return cells.count > this.#header.count ? "long-row" : null;
  }
}
