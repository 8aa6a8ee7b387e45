import { utf8 } from "@believe/shared/base";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leafHash, rootOf } from "./merkle.ts";
import { hashesOf } from "./mirror-storage.ts";
import {
  bundleOf,
  bundlesFor,
  parseBundle,
  parseTilePath,
  tileOf,
  tilePath,
  tilesFor,
  widthAt,
} from "./tile.ts";
import { HashTree } from "./tree.ts";

describe("a tile path", () => {
  test("is that of C2SP tlog-tiles", () => {
    expect(tilePath(0, 0)).toBe("tile/0/000");
    expect(tilePath(0, 1067, 12)).toBe("tile/0/x001/067.p/12");
    expect(tilePath(2, 1_234_067)).toBe("tile/2/x001/x234/067");
    expect(tilePath("entries", 999, 255)).toBe("tile/entries/999.p/255");
  });

  test("reads back, and every other form is refused", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant<"entries">("entries")),
        fc.nat(1_000_000_000),
        fc.integer({ min: 1, max: 256 }),
        (level, index, width) => {
          expect(parseTilePath(tilePath(level, index, width))).toEqual({ level, index, width });
        },
      ),
    );
    const bad = ["", "tile/0/0", "tile/00/000", "tile/64/000", "tile/0/x000/000", "tile/0/000.p/0"];
    bad.push(
      "tile/0/000.p/256",
      "tile/0/000.p/01",
      "tile/0/001/067",
      "tile/entries/../000",
      "tile/x/000",
    );
    bad.push("tile/0/000/", "/tile/0/000", "tile/0/000.p/", "tile/0/000.p/-1", "tile/0/0000");
    for (const path of bad) expect(() => parseTilePath(path), path).toThrow("expected a tile path");
  });
});

describe("a bundle", () => {
  test("reads back what was written", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 400 }), { minLength: 1, maxLength: 20 }),
        (all) => {
          const entries = all.map((entry) => new Uint8Array(entry));
          expect(parseBundle(bundleOf(entries), entries.length)).toEqual(entries);
        },
      ),
    );
  });

  test("with another number of entries, a torn or a surplus one is refused", () => {
    const bytes = bundleOf([utf8("one"), utf8("two")]);
    for (const width of [0, 1, 3]) expect(() => parseBundle(bytes, width)).toThrow("exactly");
    for (let end = 1; end < bytes.length; end++) {
      expect(() => parseBundle(bytes.slice(0, end), 2)).toThrow("exactly");
    }
    expect(() => parseBundle(new Uint8Array([...bytes, 0]), 2)).toThrow("exactly");
    expect(() => bundleOf([new Uint8Array(65_536)])).toThrow("65535");
  });
});

describe("the tiles of a growing tree", () => {
  test("are those of the specification's example", () => {
    const names = tilesFor(0, 70_000).map(
      ({ level, index, width }) => `${level}/${index}/${width}`,
    );
    expect(names).toHaveLength(277);
    for (const name of ["0/272/256", "0/273/112", "1/0/256", "1/1/17", "2/0/1"]) {
      expect(names).toContain(name);
    }
    const full = tilesFor(255, 256).map(({ level, index, width }) => `${level}/${index}/${width}`);
    expect(full).toEqual(["0/0/256", "1/0/1"]);
    expect(tilesFor(7, 7)).toEqual([]);
    expect(bundlesFor(250, 260)).toEqual([
      { level: "entries", index: 0, width: 256 },
      { level: "entries", index: 1, width: 4 },
    ]);
  });

  test("are as wide as the tree says and hold the hashes of full tiles below", () => {
    const tree = new HashTree();
    for (let i = 0; i < 600; i++) tree.append(leafHash(utf8(`${i}`)));
    for (const name of tilesFor(0, 600)) {
      expect(widthAt(name.level, name.index, 600)).toBe(name.width);
      expect(tileOf(name, tree.hashAt)).toHaveLength(32 * name.width);
    }
    const lower = tileOf({ level: 0, index: 1, width: 256 }, tree.hashAt);
    const upper = tileOf({ level: 1, index: 0, width: 2 }, tree.hashAt);
    expect(hashesOf(upper)[1]).toEqual(rootOf(hashesOf(lower)));
  });
});
