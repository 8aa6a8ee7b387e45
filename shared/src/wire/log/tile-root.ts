import type { Bytes, Sha256 } from "@believe/shared/base";
import { LogFailure } from "./failure.ts";
import { completeSizes, Frontier, rootOf } from "./merkle.ts";
import { hashesOf } from "./mirror-storage.ts";
import { TILE_WIDTH, type TileName } from "./tile.ts";

/** Reads a tile that is known to be covered, null where it is not. */
type ReadTile = (name: TileName & { readonly level: number }) => Promise<Bytes | null>;

/** Root of the first `size` leaves of a longer log: one tile a level holds all that it takes. */
export async function rootFromTiles(size: number, read: ReadTile, hash: Sha256): Promise<Bytes> {
  const tiles = new Map<number, Bytes[]>();
  const subtrees: Bytes[] = [];
  let start = 0;
  for (const width of completeSizes(size)) {
    let level = 0;
    let nodes = width;
    for (; nodes >= TILE_WIDTH; nodes /= TILE_WIDTH) level += 1;
    const first = start / (width / nodes);
    const held = tiles.get(level) ?? (await lastTile(level, size, read));
    tiles.set(level, held);
    const at = first % TILE_WIDTH;
    subtrees.push(rootOf(held.slice(at, at + nodes), hash));
    start += width;
  }
  return Frontier.of(size, subtrees, hash).root();
}

/** The hashes of the tile in which the nodes of `level` below `size` end. */
async function lastTile(level: number, size: number, read: ReadTile): Promise<Bytes[]> {
  let nodes = size;
  for (let i = 0; i < level; i++) nodes = Math.floor(nodes / TILE_WIDTH);
  const index = Math.floor(nodes / TILE_WIDTH);
  const bytes = await read({ level, index, width: nodes % TILE_WIDTH });
  if (bytes === null) throw new LogFailure("missing-hash", "expected a covered tile, was none");
  return hashesOf(bytes);
}
