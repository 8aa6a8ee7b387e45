import { type Bytes, concat } from "@believe/shared/base";
import { LogFailure } from "./failure.ts";
import type { HashAt } from "./proof.ts";

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256;
/** Longest entry bundle that is accepted; ours hold about 150 bytes an entry. */
export const BUNDLE_BYTES_MAX = 64 * 1024;

/** A tile of hashes at a level of C2SP tlog-tiles (8 tree levels each), or a bundle of entries. */
export interface TileName {
  readonly level: number | "entries";
  readonly index: number;
  /** 1 to 256; below 256 the tile is partial. */
  readonly width: number;
}

/** C2SP path, e.g. "tile/0/x001/067.p/12" or "tile/entries/000". */
export function tilePath(level: number | "entries", index: number, width = TILE_WIDTH): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  const groups = padded.match(/\d{3}/g) ?? [];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level}/${path}${width < TILE_WIDTH ? `.p/${width}` : ""}`;
}

const PATH = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** Parses a path and refuses every form that `tilePath` would not write. */
export function parseTilePath(path: string): TileName {
  const match = PATH.exec(path);
  const [, levelText = "", indexText = "", widthText] = match ?? [];
  const level = levelText === "entries" ? levelText : Number(levelText);
  const index = Number(indexText.replaceAll(/[x/]/g, ""));
  const width = widthText === undefined ? TILE_WIDTH : Number(widthText);
  if (match === null || tilePath(level, index, width) !== path || Number(level) > 63) {
    throw new LogFailure("malformed", "expected a tile path of C2SP tlog-tiles, was other text");
  }
  return { level, index, width };
}

/** How many entries below `size` a tile or bundle with this level and index holds, 0 to 256. */
export function widthAt(level: number | "entries", index: number, size: number): number {
  let nodes = size;
  for (let i = 0; i < (level === "entries" ? 0 : level); i++)
    nodes = Math.floor(nodes / TILE_WIDTH);
  return Math.max(0, Math.min(TILE_WIDTH, nodes - index * TILE_WIDTH));
}

/** Concatenates entries, each behind its length as big-endian uint16. */
export function bundleOf(entries: readonly Uint8Array[]): Bytes {
  return concat(
    ...entries.flatMap((entry) => {
      if (entry.length > 0xffff) {
        throw new LogFailure("too-large", `expected an entry of at most 65535 bytes`);
      }
      return [new Uint8Array([entry.length >> 8, entry.length & 0xff]), entry];
    }),
  );
}

/** Splits a bundle that must hold exactly `width` entries. */
export function parseBundle(bytes: Uint8Array, width: number): Bytes[] {
  const entries: Bytes[] = [];
  let at = 0;
  while (at < bytes.length && entries.length < width) {
    const [high = 0, low] = bytes.subarray(at, at + 2);
    const end = at + 2 + high * 256 + (low ?? 0);
    if (low === undefined || end > bytes.length) break;
    entries.push(bytes.slice(at + 2, end));
    at = end;
  }
  if (at !== bytes.length || entries.length !== width) {
    throw new LogFailure("malformed", `expected a bundle of exactly ${width} entries, was another`);
  }
  return entries;
}

/** The hash tiles that are new or changed between two sizes, as they stand at `newSize`. */
export function tilesFor(oldSize: number, newSize: number): (TileName & { level: number })[] {
  const names: (TileName & { level: number })[] = [];
  let from = oldSize;
  let to = newSize;
  for (let level = 0; to > 0; level++) {
    if (to > from) {
      const first = Math.floor(from / TILE_WIDTH);
      for (let index = first; index * TILE_WIDTH < to; index++) {
        names.push({ level, index, width: Math.min(TILE_WIDTH, to - index * TILE_WIDTH) });
      }
    }
    from = Math.floor(from / TILE_WIDTH);
    to = Math.floor(to / TILE_WIDTH);
  }
  return names;
}

/** The entry bundles that are new or changed between two sizes, as they stand at `newSize`. */
export function bundlesFor(oldSize: number, newSize: number): TileName[] {
  return tilesFor(oldSize, newSize)
    .filter(({ level }) => level === 0)
    .map(({ index, width }) => ({ level: "entries", index, width }));
}

/** The bytes of a hash tile, from the hashes of complete subtrees. */
export function tileOf(name: TileName & { level: number }, hashAt: HashAt): Bytes {
  const hashes: Bytes[] = [];
  for (let i = 0; i < name.width; i++) {
    hashes.push(hashAt(8 * name.level, name.index * TILE_WIDTH + i));
  }
  return concat(...hashes);
}
