import {
  type Bytes,
  BytesFailure,
  hex,
  invariant,
  type Sha256,
  sameBytes,
  utf8,
  utf8Text,
} from "@believe/shared/base";
import { LogFailure } from "./failure.ts";
import { parseLeaf } from "./leaf.ts";
import {
  EMPTY_MIRROR,
  type MirrorBlobs,
  type MirrorStorage,
  type StoredOpening,
} from "./mirror-storage.ts";
import { type CheckedOpening, checkOpening, OPENING_BYTES_MAX, together } from "./opening.ts";
import { parseBundle, TILE_WIDTH, widthAt } from "./tile.ts";
import type { TileShelf } from "./tile-shelf.ts";
import { withoutLeaf } from "./unopened.ts";

/** Longest opening that is a row; a longer one is a blob. */
export const OPENING_ROW_BYTES_MAX = 512 * 1024;
const DAY_PAGE_LEAVES = 64;
const DAY_PAGE_CHARS = 1024 * 1024;

/** An opening that recomputes its covered leaf. */
export interface CheckedLeaf extends CheckedOpening {
  readonly leaf: number;
  readonly minute: string;
}

export type OpenOutcome =
  /** The leaf's first opening, or one with a line that the stored one keeps closed: what both show is stored. */
  | ({ readonly kind: "opened" | "widened" } & CheckedLeaf)
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

/**
 * The opened minutes of a log: stored only if they recompute a covered leaf; from then on they only widen. Whoever
 * comes first cannot keep another out: two openings that show different lines are stored as what they show together.
 */
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
    let outcome = await this.#attempt(leaf, text, body);
    // Whoever came between opened a record more, so this ends.
    while (outcome === "overtaken") outcome = await this.#attempt(leaf, text, body);
    return outcome;
  }

  async #attempt(leaf: number, text: string, body: Bytes): Promise<OpenOutcome | "overtaken"> {
    const before = this.#shelf.storage.opening(leaf);
    const stored = before === null ? null : await this.#textOf(before);
    if (stored === text) return { kind: "same" };
    const wide = stored === null ? text : together(stored, text);
    if (wide === null || wide === stored) return conflict(leaf);
    const entry = await this.#entry(leaf);
    if (entry === null) {
      return { kind: "not-covered", detail: `expected a covered leaf, was leaf ${leaf}` };
    }
    const checked = this.#check(leaf, entry, text);
    // The leaf is open already: a line that is not its own is another opening, not a first that fails.
    if ("kind" in checked) return stored === null ? checked : conflict(leaf);
    if (wide === text) return this.#store(checked, await this.#contentOf(text, body), before);
    const bytes = utf8(wide);
    const shown = this.#check(leaf, entry, wide);
    if ("kind" in shown || bytes.length > OPENING_BYTES_MAX) return conflict(leaf);
    return this.#store(shown, await this.#contentOf(wide, bytes), before);
  }

  async #contentOf(text: string, bytes: Bytes): Promise<StoredOpening["content"]> {
    if (bytes.length <= OPENING_ROW_BYTES_MAX) return text;
    const sha256 = this.#shelf.hash(bytes);
    await this.#shelf.blobs.put(hex(sha256), bytes);
    return { sha256 };
  }

  async read(leaf: number): Promise<string | null> {
    const opening = this.#shelf.storage.opening(leaf);
    return opening === null ? null : this.#textOf(opening);
  }

  async #textOf({ content }: StoredOpening): Promise<string> {
    if (typeof content === "string") return content;
    const bytes = await this.#shelf.blobs.get(hex(content.sha256));
    if (bytes === null || !sameBytes(this.#shelf.hash(bytes), content.sha256)) {
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

  #check(index: number, entry: Bytes, text: string): CheckedLeaf | OpenOutcome {
    try {
      const leaf = parseLeaf(entry);
      if (leaf.origin !== this.#shelf.origin || leaf.index !== index) {
        return { kind: "refused", detail: `expected leaf ${index} of this log, was another` };
      }
      return { leaf: index, minute: leaf.minute, ...checkOpening(text, leaf, this.#shelf.hash) };
    } catch (cause) {
      if (!(cause instanceof LogFailure)) throw cause;
      const malformed = cause.code === "malformed" || cause.code === "too-large";
      return { kind: malformed ? "malformed" : "refused", detail: cause.message };
    }
  }

  /** One transaction: the row, the counts (of a wider opening what it adds) and that its leaf is to be told anew. */
  #store(
    checked: CheckedLeaf,
    content: StoredOpening["content"],
    before: StoredOpening | null,
  ): OpenOutcome | "overtaken" {
    const { storage } = this.#shelf;
    const { leaf, minute, lines } = checked;
    return storage.transaction(() => {
      // A blob was read or written meanwhile; then the leaf may have been opened or widened by another request.
      if (!sameOpening(storage.opening(leaf), before)) return "overtaken";
      storage.setOpening({ leaf, day: minute.slice(0, 10), lines: lines.length, content });
      const state = storage.state() ?? EMPTY_MIRROR;
      storage.setState({
        ...state,
        openedLeaves: state.openedLeaves + (before === null ? 1 : 0),
        openedLines: state.openedLines + lines.length - (before?.lines ?? 0),
        unopened: before === null ? withoutLeaf(state.unopened, minute) : state.unopened,
      });
      return { kind: before === null ? "opened" : "widened", ...checked };
    });
  }
}

function conflict(leaf: number): OpenOutcome {
  const detail = `expected the stored opening of leaf ${leaf} or a wider one, was another`;
  return { kind: "conflict", detail };
}

function sameOpening(a: StoredOpening | null, b: StoredOpening | null): boolean {
  return a === null || b === null ? a === b : sameContent(a.content, b.content);
}

function sameContent(a: StoredOpening["content"], b: StoredOpening["content"]): boolean {
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
