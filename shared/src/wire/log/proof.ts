import { type Bytes, type Sha256, sameBytes, sha256 } from "@believe/shared/base";
import { LogFailure } from "./failure.ts";
import { completeSizes, emptyRoot, nodeHash } from "./merkle.ts";

/** The largest power of two below `n` (n ≥ 2): where RFC 6962 splits a tree. */
function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** The root of the complete subtree of 2^level leaves with this index at its level. */
export type HashAt = (level: number, index: number) => Bytes;

/** Root of leaves [begin, end), where begin is a multiple of the smallest power of two ≥ end − begin. */
function rangeRoot(begin: number, end: number, hashAt: HashAt, hash: Sha256): Bytes {
  const sizes = completeSizes(end - begin);
  let at = end;
  let root: Bytes | undefined;
  for (const width of sizes.reverse()) {
    at -= width;
    const node = hashAt(Math.round(Math.log2(width)), at / width);
    root = root === undefined ? node : nodeHash(node, root, hash);
  }
  return root ?? emptyRoot;
}

/** RFC 6962 section 2.1.1: the audit path of leaf `index` in the tree of `size` leaves, from the leaf upwards. */
export function inclusionProof(
  index: number,
  size: number,
  hashAt: HashAt,
  hash: Sha256 = sha256,
): Bytes[] {
  if (index < 0 || index >= size) {
    throw new LogFailure("bad-proof", `expected a leaf below ${size}, was ${index}`);
  }
  const path: Bytes[] = [];
  let begin = 0;
  let end = size;
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      path.push(rangeRoot(middle, end, hashAt, hash));
      end = middle;
    } else {
      path.push(rangeRoot(begin, middle, hashAt, hash));
      begin = middle;
    }
  }
  return path.reverse();
}

/** RFC 6962 section 2.1.2: the proof that the tree of `oldSize` leaves is a prefix of that of `newSize`. */
export function consistencyProof(
  oldSize: number,
  newSize: number,
  hashAt: HashAt,
  hash: Sha256 = sha256,
): Bytes[] {
  if (oldSize < 0 || oldSize > newSize) {
    throw new LogFailure("bad-proof", `expected an old size of at most ${newSize}, was ${oldSize}`);
  }
  if (oldSize === 0 || oldSize === newSize) return [];
  const proof: Bytes[] = [];
  let begin = 0;
  let end = newSize;
  while (end !== oldSize) {
    const middle = begin + splitOf(end - begin);
    if (oldSize <= middle) {
      proof.push(rangeRoot(middle, end, hashAt, hash));
      end = middle;
    } else {
      proof.push(rangeRoot(begin, middle, hashAt, hash));
      begin = middle;
    }
  }
  if (begin > 0) proof.push(rangeRoot(begin, end, hashAt, hash));
  return proof.reverse();
}

/** RFC 9162 section 2.1.3.2: whether `proof` shows leaf `index` in the tree of `size` leaves with `root`. */
export function verifyInclusion(
  claim: {
    readonly index: number;
    readonly size: number;
    readonly leaf: Uint8Array;
    readonly proof: readonly Uint8Array[];
    readonly root: Uint8Array;
  },
  hash: Sha256 = sha256,
): boolean {
  const { index, size, leaf, proof, root } = claim;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size)) return false;
  if (index < 0 || index >= size || leaf.length !== 32) return false;
  let position = index;
  let last = size - 1;
  let node = leaf;
  for (const sibling of proof) {
    if (last === 0 || sibling.length !== 32) return false;
    if (position % 2 === 1 || position === last) {
      node = nodeHash(sibling, node, hash);
      while (position % 2 === 0 && position !== 0) {
        position /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      node = nodeHash(node, sibling, hash);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && sameBytes(node, root);
}

function isPowerOfTwo(n: number): boolean {
  return completeSizes(n).length === 1;
}

/** RFC 9162 section 2.1.4.2: whether `proof` shows that the old tree is a prefix of the new one. */
export function verifyConsistency(
  claim: {
    readonly oldSize: number;
    readonly oldRoot: Uint8Array;
    readonly newSize: number;
    readonly newRoot: Uint8Array;
    readonly proof: readonly Uint8Array[];
  },
  hash: Sha256 = sha256,
): boolean {
  const { oldSize, oldRoot, newSize, newRoot, proof } = claim;
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(newSize)) return false;
  if (oldSize < 0 || oldSize > newSize || proof.some((node) => node.length !== 32)) return false;
  if (oldSize === newSize) return proof.length === 0 && sameBytes(oldRoot, newRoot);
  if (oldSize === 0) return proof.length === 0 && sameBytes(oldRoot, emptyRoot);
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined || proof.length === 0) return false;
  let position = oldSize - 1;
  let last = newSize - 1;
  while (position % 2 === 1) {
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  let oldNode = first;
  let newNode = first;
  for (const sibling of path) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      oldNode = nodeHash(sibling, oldNode, hash);
      newNode = nodeHash(sibling, newNode, hash);
      while (position % 2 === 0 && position !== 0) {
        position /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      newNode = nodeHash(newNode, sibling, hash);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && sameBytes(oldNode, oldRoot) && sameBytes(newNode, newRoot);
}
