import { type Bytes, concat, invariant, type Sha256, sameBytes } from "@believe/shared/base";
import type { Checkpoint } from "./checkpoint.ts";
import { LogFailure } from "./failure.ts";
import { parseLeaf } from "./leaf.ts";
import { Frontier, leafHash, rootOf } from "./merkle.ts";
import {
  hashesOf,
  type MirrorState,
  type MirrorStorage,
  prefixOf,
  type Slot,
} from "./mirror-storage.ts";
import { bundlesFor, parseBundle, TILE_WIDTH, type TileName, tilePath, widthAt } from "./tile.ts";

/** What a commit of a larger checkpoint writes, computed before anything is written. */
export interface Advance {
  readonly state: MirrorState;
  /** Minutes of the leaves that are new. */
  readonly minutes: readonly string[];
  /** Slots as they were read; the commit happens only while they are still so. */
  readonly read: readonly { readonly name: TileName; readonly slot: Slot | null }[];
  /** Bundles and tiles that are now full: put into the blob store before the commit. */
  readonly full: readonly { readonly name: TileName; readonly bytes: Bytes }[];
  /** Tiles that nobody PUT in this width. */
  readonly rows: readonly { readonly name: TileName; readonly bytes: Bytes }[];
}

/** Why the stored bundles and tiles do not carry the checkpoint. */
export interface NotCarried {
  readonly missing: string;
}

interface Ground {
  readonly storage: MirrorStorage;
  readonly state: MirrorState;
  readonly hash: Sha256;
}

/** Recomputes the tree from the new entries on the stored compact range and compares root and PUT tiles. */
export function advanceOf(
  ground: Ground,
  checkpoint: Checkpoint,
  note: string,
): Advance | NotCarried {
  const { storage, state, hash } = ground;
  const read: { name: TileName; slot: Slot | null }[] = [];
  const full: { name: TileName; bytes: Bytes }[] = [];
  const frontier = Frontier.of(state.size, state.frontier, hash);
  const rows = new TileRows(ground);
  const minutes: (string | null)[] = [];
  for (const name of bundlesFor(state.size, checkpoint.size)) {
    const slot = storage.slot(name);
    read.push({ name, slot });
    if (slot?.kind !== "row" || slot.width < name.width) {
      return { missing: `expected ${tilePath("entries", name.index, name.width)}, was not PUT` };
    }
    const bytes = prefixOf("entries", slot.bytes, name.width);
    const covered = widthAt("entries", name.index, state.size);
    for (const entry of parseBundle(bytes, name.width).slice(covered)) {
      const leaf = leafHash(entry, hash);
      frontier.append(leaf);
      rows.append(0, leaf);
      minutes.push(minuteIn(entry));
    }
    if (name.width === TILE_WIDTH) full.push({ name, bytes });
  }
  if (!sameBytes(frontier.root(), checkpoint.root)) {
    return { missing: "expected entries that recompute the root, was another root" };
  }
  const derived: { name: TileName; bytes: Bytes }[] = [];
  for (const { name, bytes } of rows.tiles()) {
    const slot = storage.slot(name);
    read.push({ name, slot });
    const difference = differenceFrom(slot, name, bytes);
    if (difference !== null) return { missing: difference };
    if (name.width === TILE_WIDTH) full.push({ name, bytes });
    if (slot?.kind !== "row" || slot.width < name.width) derived.push({ name, bytes });
  }
  const next: MirrorState = {
    ...state,
    size: checkpoint.size,
    root: checkpoint.root,
    frontier: frontier.hashes,
    note,
    minute: minutes.length === 0 ? state.minute : (minutes.at(-1) ?? null),
  };
  const known = minutes.filter((minute) => minute !== null);
  return { state: next, minutes: known, read, full, rows: derived };
}

/** A tile that was PUT must be the recomputed one as far as both reach. */
function differenceFrom(slot: Slot | null, name: TileName, bytes: Bytes): string | null {
  if (slot === null) return null;
  invariant(slot.kind === "row", "a tile that grows is a row");
  const width = Math.min(slot.width, name.width);
  const same = sameBytes(
    prefixOf(name.level, slot.bytes, width),
    prefixOf(name.level, bytes, width),
  );
  return same ? null : `expected ${tilePath(name.level, name.index, name.width)} as recomputed`;
}

function minuteIn(entry: Bytes): string | null {
  try {
    return parseLeaf(entry).minute;
  } catch (cause) {
    // A log of other entries is mirrored all the same; it just has no minutes.
    if (cause instanceof LogFailure) return null;
    throw cause;
  }
}

/** The tiles that grow, level by level, starting from what is stored. */
class TileRows {
  readonly #ground: Ground;
  readonly #open = new Map<number, { index: number; hashes: Bytes[]; grown: boolean }>();
  readonly #done: { name: TileName; bytes: Bytes }[] = [];

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  append(level: number, node: Bytes): void {
    const tile = this.#open.get(level) ?? this.#stored(level);
    this.#open.set(level, tile);
    tile.hashes.push(node);
    tile.grown = true;
    if (tile.hashes.length < TILE_WIDTH) return;
    this.#done.push(finished(level, tile));
    this.#open.set(level, { index: tile.index + 1, hashes: [], grown: false });
    this.append(level + 1, rootOf(tile.hashes, this.#ground.hash));
  }

  tiles(): { name: TileName; bytes: Bytes }[] {
    const open = [...this.#open].filter(([, tile]) => tile.grown);
    return [...this.#done, ...open.map(([level, tile]) => finished(level, tile))];
  }

  #stored(level: number): { index: number; hashes: Bytes[]; grown: boolean } {
    const { state, storage } = this.#ground;
    let nodes = state.size;
    for (let i = 0; i < level; i++) nodes = Math.floor(nodes / TILE_WIDTH);
    const index = Math.floor(nodes / TILE_WIDTH);
    const width = nodes % TILE_WIDTH;
    if (width === 0) return { index, hashes: [], grown: false };
    const slot = storage.slot({ level, index });
    invariant(slot?.kind === "row" && slot.width >= width, "a covered partial tile is a row");
    return { index, hashes: hashesOf(prefixOf(level, slot.bytes, width)), grown: false };
  }
}

function finished(
  level: number,
  tile: { readonly index: number; readonly hashes: readonly Bytes[] },
): { name: TileName; bytes: Bytes } {
  const name = { level, index: tile.index, width: tile.hashes.length };
  return { name, bytes: concat(...tile.hashes) };
}
