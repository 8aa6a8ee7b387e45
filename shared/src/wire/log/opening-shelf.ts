import {
  type Bytes,
  BytesFailure,
  hex,
  invariant,
  type Sha256,
  sameBytes,
  utf8Text,
} from "@believe/shared/base";
import type { JournalRecord } from "../record.ts";
import { LogFailure } from "./failure.ts";
import { parseLeaf } from "./leaf.ts";
import { EMPTY_MIRROR, type MirrorBlobs, type MirrorStorage } from "./mirror-storage.ts";
import { checkOpening, OPENING_BYTES_MAX } from "./opening.ts";
import { parseBundle, TILE_WIDTH, widthAt } from "./tile.ts";
import type { TileShelf } from "./tile-shelf.ts";

/** Longest opening that is a row; a longer one is a blob. */
export const OPENING_ROW_BYTES_MAX = 512 * 1024;
const DAY_PAGE_LEAVES = 64;
const DAY_PAGE_CHARS = 1024 * 1024;

export type OpenOutcome =
  | {
      readonly kind: "opened";
      readonly leaf: number;
      readonly minute: string;
      readonly lines: readonly string[];
      readonly records: readonly JournalRecord[];
    }
  | { readonly kind: "same" }
  | { readonly kind: "conflict"; readonly detail: string }
  | { readonly kind: "not-covered"; readonly detail: string }
  | { readonly kind: "malformed"; readonly detail: string }
  /** The text does not recompute the leaf. */
  | { readonly kind: "refused"; readonly detail: string };

interface Shelf {
  readonly origin: string;
  readonly storage: MirrorStorage;
  readonly blobs: MirrorBlobs;
  readonly tiles: TileShelf;
  readonly hash: Sha256;
}

/** The opened minutes of a log: stored only if they recompute a covered leaf, never changed. */
export class OpeningShelf {
  readonly #shelf: Shelf;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  async put(leaf: number, body: Bytes): Promise<OpenOutcome> {
    if (body.length > OPENING_BYTES_MAX) {
      return { kind: "malformed", detail: `expected at most ${OPENING_BYTES_MAX} bytes` };
    }
    const text = textOf(body);
    if (text === null) return { kind: "malformed", detail: "expected UTF-8, was other bytes" };
    const stored = await this.read(leaf);
    if (stored !== null) return again(leaf, stored === text);
    const entry = await this.#entry(leaf);
    if (entry === null) {
      return { kind: "not-covered", detail: `expected a covered leaf, was leaf ${leaf}` };
    }
    const checked = this.#check(leaf, entry, text);
    if ("kind" in checked) return checked;
    const sha256 = this.#shelf.hash(body);
    const content = body.length > OPENING_ROW_BYTES_MAX ? { sha256 } : text;
    if (typeof content !== "string") await this.#shelf.blobs.put(hex(sha256), body);
    return this.#store(checked, content);
  }

  async read(leaf: number): Promise<string | null> {
    const opening = this.#shelf.storage.opening(leaf);
    if (opening === null) return null;
    if (typeof opening.content === "string") return opening.content;
    const bytes = await this.#shelf.blobs.get(hex(opening.content.sha256));
    if (bytes === null || !sameBytes(this.#shelf.hash(bytes), opening.content.sha256)) {
      throw new LogFailure("missing-hash", "expected an opening in the blob store, was none");
    }
    return utf8Text(bytes);
  }

  /** The openings of a UTC day in leaf order, a page at a time; null `next` ends it. */
  async page(day: string, after: number): Promise<{ text: string; next: number | null }> {
    const leaves = this.#shelf.storage.openedLeaves(day, after, DAY_PAGE_LEAVES);
    let text = "";
    let last = after;
    for (const leaf of leaves) {
      text += (await this.read(leaf)) ?? "";
      last = leaf;
      if (text.length > DAY_PAGE_CHARS) break;
    }
    return { text, next: last === after ? null : last };
  }

  async #entry(leaf: number): Promise<Bytes | null> {
    const { size } = this.#shelf.storage.state() ?? EMPTY_MIRROR;
    const index = Math.floor(leaf / TILE_WIDTH);
    const width = widthAt("entries", index, size);
    if (leaf >= size) return null;
    const bundle = await this.#shelf.tiles.read({ level: "entries", index, width });
    invariant(bundle !== null, "a covered bundle is stored");
    return parseBundle(bundle, width)[leaf % TILE_WIDTH] ?? null;
  }

  #check(index: number, entry: Bytes, text: string): Checked | OpenOutcome {
    try {
      const leaf = parseLeaf(entry);
      if (leaf.origin !== this.#shelf.origin || leaf.index !== index) {
        return { kind: "refused", detail: `expected leaf ${index} of this log, was another` };
      }
      const { lines, records } = checkOpening(text, leaf, this.#shelf.hash);
      return { leaf: index, minute: leaf.minute, lines, records };
    } catch (cause) {
      if (!(cause instanceof LogFailure)) throw cause;
      const malformed = cause.code === "malformed" || cause.code === "too-large";
      return { kind: malformed ? "malformed" : "refused", detail: cause.message };
    }
  }

  #store(checked: Checked, content: string | { readonly sha256: Bytes }): OpenOutcome {
    const { storage } = this.#shelf;
    const { leaf, minute, lines } = checked;
    return storage.transaction(() => {
      const other = storage.opening(leaf);
      // The same leaf was opened while a blob was written: both recompute it, so they differ in what stays closed.
      if (other !== null) return again(leaf, sameContent(other.content, content));
      storage.addOpening({ leaf, day: minute.slice(0, 10), lines: lines.length, content });
      const state = storage.state() ?? EMPTY_MIRROR;
      storage.setState({
        ...state,
        openedLeaves: state.openedLeaves + 1,
        openedLines: state.openedLines + lines.length,
      });
      return { kind: "opened", ...checked };
    });
  }
}

interface Checked {
  readonly leaf: number;
  readonly minute: string;
  readonly lines: readonly string[];
  readonly records: readonly JournalRecord[];
}

function again(leaf: number, same: boolean): OpenOutcome {
  if (same) return { kind: "same" };
  return { kind: "conflict", detail: `expected the stored opening of leaf ${leaf}, was another` };
}

function sameContent(
  a: string | { readonly sha256: Bytes },
  b: string | { readonly sha256: Bytes },
): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return sameBytes(a.sha256, b.sha256);
}

function textOf(body: Bytes): string | null {
  try {
    return utf8Text(body);
  } catch (cause) {
    if (cause instanceof BytesFailure) return null;
    throw cause;
  }
}
