import { appendFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeSha256 } from "@believe/host/keys";
import { utf8 } from "@believe/shared/base";
import { leafHash, rootOf } from "@believe/shared/wire/log";
import { expect, it } from "vitest";
import { LeafHashes } from "./leaf-hashes.ts";

const leaves = Array.from({ length: 900 }, (_, i) => leafHash(utf8(`leaf ${i}`), nodeSha256));
const rootAt = (size: number) => rootOf(leaves.slice(0, size), nodeSha256);
const newFile = (): string => join(mkdtempSync(join(tmpdir(), "believe-leaves-")), "leaves");

it("gives the root at any size, in any order of asking and growing, after a restart too", () => {
  const file = newFile();
  const held = new LeafHashes(file);
  expect(held.rootAt(0)).toEqual(rootAt(0));
  expect(held.rootAt(1)).toBeNull();
  let at = 0;
  for (const to of [1, 255, 256, 257, 700, 900]) {
    held.write(at, leaves.slice(at, to));
    at = to;
    for (const size of [to, 1, Math.floor(to / 2), to - 1]) {
      expect(held.rootAt(size)).toEqual(rootAt(size));
      expect(new LeafHashes(file).rootAt(size)).toEqual(rootAt(size));
    }
    expect(held.rootAt(to + 1)).toBeNull();
  }
});

it("writes again what a crash cut off, torn or whole", () => {
  const file = newFile();
  const held = new LeafHashes(file);
  held.write(0, leaves.slice(0, 300));
  held.write(300, [...leaves.slice(0, 300)].reverse());
  appendFileSync(file, "torn");
  expect(held.rootAt(600)).not.toEqual(rootAt(600));
  held.write(300, leaves.slice(300, 900));
  for (const size of [300, 512, 600, 900]) expect(held.rootAt(size)).toEqual(rootAt(size));
});
