import { type Bytes, type Sha256, sameBytes } from "@believe/shared/base";
import type { Checkpoint } from "./checkpoint.ts";
import { LeafOrder } from "./leaf-order.ts";
import { ahead, type LogSource, placed, tampered } from "./log-source.ts";
import { Frontier, leafHash } from "./merkle.ts";
import { parseBundle, TILE_WIDTH, type TileName, tileOf, tilePath, tilesFor } from "./tile.ts";
import { HashTree } from "./tree.ts";

/** Files that are on their way at once. */
export const FILES_AHEAD = 16;

/** A log rebuilt from its entries. */
export interface RebuiltLog {
  readonly tree: HashTree;
  readonly order: LeafOrder;
  /** How many hash tiles were compared. */
  readonly tiles: number;
}

/** RFC 6962 root of the first `size` leaves of a tree. */
export function rootAt(tree: HashTree, size: number, hash: Sha256): Bytes {
  return Frontier.of(size, tree.frontier(size), hash).root();
}

function* bundleNames(size: number): Generator<TileName> {
  for (let index = 0; index * TILE_WIDTH < size; index++) {
    const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
    yield { level: "entries", index, width };
  }
}

/**
 * Rebuilds the tree from every entry, never from a hash tile, and holds it against the signed root; then compares
 * each hash tile of every level with what was rebuilt. Findings name the bundle or tile and the leaf.
 */
export async function rebuildLog(
  source: LogSource,
  { origin, size, root }: Checkpoint,
  options: { readonly hash: Sha256; readonly onLeaves?: (leaves: number) => void },
): Promise<RebuiltLog> {
  const { hash } = options;
  const tree = new HashTree(hash);
  const order = new LeafOrder(origin);
  const load = (name: TileName) => source.get(tilePath("entries", name.index, name.width));
  for await (const [name, bytes] of ahead(bundleNames(size), FILES_AHEAD, load)) {
    const path = tilePath("entries", name.index, name.width);
    if (bytes === null)
      throw tampered(path, "expected a bundle that the checkpoint covers, was none");
    for (const entry of placed(path, () => parseBundle(bytes, name.width))) {
      order.take(entry);
      tree.append(leafHash(entry, hash));
    }
    options.onLeaves?.(tree.size);
  }
  const mine = sameBytes(rootAt(tree, size, hash), root);
  const tiles = await compareTiles(source, tree, mine, order);
  if (!mine) {
    throw tampered(
      "checkpoint",
      `expected the root of the ${size} entries, was another: an entry and every tile above it were changed, or the root`,
    );
  }
  return { tree, order, tiles };
}

/** `mine`: whether the entries are those of the signed root, so that a difference is the tile's. */
async function compareTiles(
  source: LogSource,
  tree: HashTree,
  mine: boolean,
  order: LeafOrder,
): Promise<number> {
  const names = tilesFor(0, tree.size);
  const load = ({ level, index, width }: TileName) => source.get(tilePath(level, index, width));
  for await (const [name, bytes] of ahead(names, FILES_AHEAD, load)) {
    const path = tilePath(name.level, name.index, name.width);
    if (bytes === null)
      throw tampered(path, "expected a tile that the checkpoint covers, was none");
    const expected = tileOf(name, tree.hashAt);
    if (sameBytes(bytes, expected)) continue;
    const at = firstDifference(bytes, expected);
    const first = firstLeafOf(name, at);
    if (mine) throw tampered(path, `expected hash ${at} over leaf ${first}, was another`);
    const entries = tilePath("entries", name.index, name.width);
    const leaf = order.leaves[first];
    throw tampered(
      name.level === 0 ? `${entries} leaf ${first} (${leaf?.minute})` : `${path} leaf ${first}`,
      `expected what ${path} has at ${at} and the checkpoint signed, was another`,
    );
  }
  return names.length;
}

/** The first leaf under hash `at` of a tile. */
function firstLeafOf({ level, index }: TileName, at: number): number {
  let leaf = index * TILE_WIDTH + at;
  for (let i = 0; i < Number(level); i++) leaf *= TILE_WIDTH;
  return leaf;
}

/** The first 32-byte hash in which two tiles differ. */
function firstDifference(a: Bytes, b: Bytes): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return Math.min(Math.floor(at / 32), Math.max(0, Math.ceil(b.length / 32) - 1));
}
