import { type Bytes, hex, invariant, type Sha256, sameBytes } from "@believe/shared/base";
import { LogFailure } from "./failure.ts";
import {
  EMPTY_MIRROR,
  type MirrorBlobs,
  type MirrorStorage,
  prefixOf,
  type Slot,
} from "./mirror-storage.ts";
import {
  BUNDLE_BYTES_MAX,
  parseBundle,
  TILE_WIDTH,
  type TileName,
  tilePath,
  widthAt,
} from "./tile.ts";
import { rootFromTiles } from "./tile-root.ts";

/** How many tiles past the covered end a PUT may lie: 65,536 leaves, 45 days of minutes. */
export const TILES_AHEAD = 256;

/** The highest tile level that a log of at most 2^53 leaves has. */
export const LEVEL_MAX = 6;

export type PutOutcome =
  | { readonly kind: "stored" }
  /** The same bytes are there already. */
  | { readonly kind: "same" }
  /** Covered by a checkpoint with other bytes: immutable. */
  | { readonly kind: "conflict"; readonly detail: string }
  | { readonly kind: "frozen"; readonly detail: string }
  | { readonly kind: "malformed"; readonly detail: string }
  | { readonly kind: "too-far"; readonly detail: string };

interface Shelf {
  readonly storage: MirrorStorage;
  readonly blobs: MirrorBlobs;
  readonly hash: Sha256;
}

/** The bundles and tiles of a log: PUT ahead of their checkpoint, immutable and served from then on. */
export class TileShelf {
  readonly #shelf: Shelf;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  async put(name: TileName, bytes: Bytes): Promise<PutOutcome> {
    const { storage } = this.#shelf;
    const bad = badForm(name, bytes);
    if (bad !== null) return { kind: "malformed", detail: bad };
    const { size } = storage.state() ?? EMPTY_MIRROR;
    if (name.index > endAt(name.level, size) + TILES_AHEAD) {
      return { kind: "too-far", detail: `expected a tile near size ${size}, was further` };
    }
    const slot = storage.slot(name);
    if (slot?.kind === "blob") {
      const known = await this.#prefix(name.level, slot, name.width);
      return sameBytes(known, bytes) ? { kind: "same" } : differs(name);
    }
    return this.#putRow(name, bytes, slot);
  }

  /** Bytes that a checkpoint covers, else null. A width below what is covered is a prefix. */
  async read(name: TileName): Promise<Bytes | null> {
    const { storage } = this.#shelf;
    const { size } = storage.state() ?? EMPTY_MIRROR;
    if (name.width > widthAt(name.level, name.index, size)) return null;
    const slot = storage.slot(name);
    invariant(slot !== null, "a covered tile is stored");
    return this.#prefix(name.level, slot, name.width);
  }

  /** Root of the first `size` leaves, of which all are covered. */
  rootAt(size: number): Promise<Bytes> {
    return rootFromTiles(size, (name) => this.read(name), this.#shelf.hash);
  }

  /** Nothing here waits, so no commit comes between the comparison and the write. */
  #putRow(name: TileName, bytes: Bytes, slot: (Slot & { kind: "row" }) | null): PutOutcome {
    const { storage } = this.#shelf;
    const { level, index, width } = name;
    const { size, frozen } = storage.state() ?? EMPTY_MIRROR;
    const covered = widthAt(level, index, size);
    const fixed = Math.min(covered, width);
    if (slot !== null) {
      if (!sameBytes(prefixOf(level, slot.bytes, fixed), prefixOf(level, bytes, fixed))) {
        return differs(name);
      }
      if (width <= covered) return { kind: "same" };
      const held = slot.width >= width && sameBytes(prefixOf(level, slot.bytes, width), bytes);
      if (held) return { kind: "same" };
    }
    if (frozen !== null) return { kind: "frozen", detail: frozen };
    storage.setSlot(name, { kind: "row", width, bytes });
    return { kind: "stored" };
  }

  async #prefix(level: number | "entries", slot: Slot, width: number): Promise<Bytes> {
    if (slot.kind === "row") return prefixOf(level, slot.bytes, width);
    const bytes = await this.#shelf.blobs.get(hex(slot.sha256));
    if (bytes === null || !sameBytes(this.#shelf.hash(bytes), slot.sha256)) {
      throw new LogFailure("missing-hash", "expected a covered tile in the blob store, was none");
    }
    return width === TILE_WIDTH ? bytes : prefixOf(level, bytes, width);
  }
}

/** Index of the tile at which a log of `size` leaves ends. */
function endAt(level: number | "entries", size: number): number {
  let nodes = size;
  for (let i = 0; i < (level === "entries" ? 0 : level); i++) {
    nodes = Math.floor(nodes / TILE_WIDTH);
  }
  return Math.floor(nodes / TILE_WIDTH);
}

function differs({ level, index, width }: TileName): PutOutcome {
  const path = tilePath(level, index, width);
  return { kind: "conflict", detail: `expected the covered bytes of ${path}, was others` };
}

function badForm({ level, width }: TileName, bytes: Bytes): string | null {
  if (level !== "entries") {
    if (level > LEVEL_MAX) return `expected a tile level of at most ${LEVEL_MAX}, was ${level}`;
    return bytes.length === 32 * width ? null : `expected ${32 * width} bytes of hashes`;
  }
  if (bytes.length > BUNDLE_BYTES_MAX) return `expected at most ${BUNDLE_BYTES_MAX} bytes`;
  try {
    parseBundle(bytes, width);
    return null;
  } catch (cause) {
    if (cause instanceof LogFailure) return cause.message;
    throw cause;
  }
}
