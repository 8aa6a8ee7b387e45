import { sha256 } from "@believe/shared/base";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Frontier } from "./merkle.ts";
import { tileOf, widthAt } from "./tile.ts";
import { rootFromTiles } from "./tile-root.ts";
import { HashTree } from "./tree.ts";

const SIZE = 66_000;
const tree = new HashTree();
for (let i = 0; i < SIZE; i++) {
  const leaf = new Uint8Array(32);
  new DataView(leaf.buffer).setUint32(0, i);
  tree.append(leaf);
}

test("the root at any size comes from one tile a level, each as far as it is covered", async () => {
  const edges = [0, 1, 255, 256, 257, 511, 65_535, 65_536, 65_537, 65_792, SIZE];
  const sizes = fc.oneof(fc.constantFrom(...edges), fc.nat(SIZE), fc.nat(600));
  await fc.assert(
    fc.asyncProperty(sizes, async (size) => {
      let tiles = 0;
      const root = await rootFromTiles(
        size,
        async (name) => {
          tiles += 1;
          expect(name.width).toBeLessThanOrEqual(widthAt(name.level, name.index, size));
          return tileOf(name, tree.hashAt);
        },
        sha256,
      );
      expect(root).toEqual(Frontier.of(size, tree.frontier(size)).root());
      expect(tiles).toBeLessThanOrEqual(3);
    }),
    { numRuns: 60, examples: edges.map((size) => [size]) },
  );
});

test("a tile that is not there is no root", async () => {
  await expect(rootFromTiles(3, async () => null, sha256)).rejects.toThrow("a covered tile");
});
