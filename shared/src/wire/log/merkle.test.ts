import { type Bytes, hex, sha256, utf8 } from "@believe/shared/base";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyRoot, Frontier, leafHash, nodeHash, rootOf } from "./merkle.ts";
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from "./proof.ts";
import { HashTree } from "./tree.ts";

const leaves = Array.from({ length: 700 }, (_, i) => leafHash(utf8(`entry ${i}`)));
const tree = new HashTree();
for (const leaf of leaves) tree.append(leaf);

/** RFC 6962 section 2.1, word for word. */
function definedRoot(part: readonly Bytes[]): Bytes {
  const [only] = part;
  if (only === undefined) return sha256(new Uint8Array(0));
  if (part.length === 1) return only;
  let k = 1;
  while (k * 2 < part.length) k *= 2;
  return nodeHash(definedRoot(part.slice(0, k)), definedRoot(part.slice(k)));
}

const roots = leaves.map((_, i) => definedRoot(leaves.slice(0, i)));
const rootAt = (size: number): Bytes => roots[size] ?? definedRoot(leaves.slice(0, size));

function flipped(bytes: Bytes, bit: number): Bytes {
  const out = bytes.slice();
  const at = Math.floor(bit / 8) % out.length;
  out[at] = (out[at] ?? 0) ^ (1 << (bit % 8));
  return out;
}

describe("the tree", () => {
  test("an empty tree has the hash of nothing as its root", () => {
    expect(hex(emptyRoot)).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(rootOf([])).toEqual(emptyRoot);
  });

  test("a frontier's root is RFC 6962's at every size, however it was split", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (first, more) => {
        const frontier = Frontier.empty();
        for (const leaf of leaves.slice(0, first)) frontier.append(leaf);
        const later = Frontier.of(first, frontier.hashes);
        for (const leaf of leaves.slice(first, first + more)) later.append(leaf);
        expect(later.root()).toEqual(rootAt(first + more));
        expect(later.hashes).toEqual(tree.frontier(first + more));
      }),
      { numRuns: 60 },
    );
  });

  test("a frontier refuses hashes that do not fit its size", () => {
    expect(() => Frontier.of(3, [leafHash(utf8("a"))])).toThrow("subtree hashes of 3");
  });
});

describe("inclusion", () => {
  test("every leaf of a random tree is proven, and any flipped bit refuses", () => {
    const cases = fc.tuple(fc.integer({ min: 1, max: 699 }), fc.nat(), fc.nat());
    fc.assert(
      fc.property(cases, ([size, pick, bit]) => {
        const index = pick % size;
        const leaf = leaves[index] ?? emptyRoot;
        const proof = inclusionProof(index, size, tree.hashAt);
        const claim = { index, size, leaf, proof, root: rootAt(size) };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, root: flipped(claim.root, bit) })).toBe(false);
        expect(verifyInclusion({ ...claim, leaf: flipped(leaf, bit) })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...proof, emptyRoot] })).toBe(false);
        expect(verifyInclusion({ ...claim, index: index + 1 })).toBe(false);
        const at = bit % Math.max(1, proof.length);
        const node = proof[at];
        if (node !== undefined) {
          const changed = proof.with(at, flipped(node, bit));
          expect(verifyInclusion({ ...claim, proof: changed })).toBe(false);
          expect(verifyInclusion({ ...claim, proof: proof.toSpliced(at, 1) })).toBe(false);
        }
      }),
      { numRuns: 120 },
    );
  });
});

describe("consistency", () => {
  test("every older tree is proven a prefix, and any flipped bit refuses", () => {
    const cases = fc.tuple(fc.integer({ min: 1, max: 699 }), fc.nat(), fc.nat());
    fc.assert(
      fc.property(cases, ([newSize, pick, bit]) => {
        const oldSize = pick % (newSize + 1);
        const proof = consistencyProof(oldSize, newSize, tree.hashAt);
        const claim = {
          oldSize,
          oldRoot: rootAt(oldSize),
          newSize,
          newRoot: rootAt(newSize),
          proof,
        };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, oldRoot: flipped(claim.oldRoot, bit) })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [...proof, emptyRoot] })).toBe(false);
        if (oldSize > 0) {
          expect(verifyConsistency({ ...claim, newRoot: flipped(claim.newRoot, bit) })).toBe(false);
        }
        const at = bit % Math.max(1, proof.length);
        const node = proof[at];
        if (node !== undefined) {
          const changed = proof.with(at, flipped(node, bit));
          expect(verifyConsistency({ ...claim, proof: changed })).toBe(false);
          expect(verifyConsistency({ ...claim, proof: proof.toSpliced(at, 1) })).toBe(false);
        }
      }),
      { numRuns: 120 },
    );
  });

  test("all pairs up to 40 leaves hold", () => {
    for (let newSize = 0; newSize <= 40; newSize++) {
      for (let oldSize = 0; oldSize <= newSize; oldSize++) {
        const proof = consistencyProof(oldSize, newSize, tree.hashAt);
        const claim = { oldSize, oldRoot: rootAt(oldSize), newSize, newRoot: rootAt(newSize) };
        expect(verifyConsistency({ ...claim, proof })).toBe(true);
      }
    }
  });
});
