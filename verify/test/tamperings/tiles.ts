import type { ServedLog } from "../served-log.ts";
import { flipped } from "./edit.ts";
import type { Tampering } from "./tampering.ts";

/** Of hash tiles. */
export const tiles: readonly Tampering[] = [
  ["level 0", "tile/0/001", 32 * 5, /tile\/0\/001.*hash 5 over leaf 261/],
  ["level 0, partial", "tile/0/002.p/88", 32 * 87 + 31, /tile\/0\/002\.p\/88.*leaf 599/],
  ["level 1, partial", "tile/1/000.p/2", 32, /tile\/1\/000\.p\/2.*leaf 256/],
].map(([level, path, at, place]) => ({
  what: `a tile of ${level}`,
  place: place instanceof RegExp ? place : /never/,
  change: (log: ServedLog) =>
    void log.files.set(String(path), flipped(log.files.get(String(path)), Number(at))),
}));
