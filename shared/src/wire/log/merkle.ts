import { type Bytes, concat, type Sha256, sha256 } from "@believe/shared/base";
import { LogFailure } from "./failure.ts";

const LEAF_PREFIX = new Uint8Array([0]);
/** What a node's hash and that of a 32-byte entry is taken of, written again for each: no hash keeps its input. */
const nodeInput = new Uint8Array(65);
nodeInput[0] = 1;
const hashEntryInput = new Uint8Array(33);

/** RFC 6962: SHA-256(0x00 ‖ entry). */
export function leafHash(entry: Uint8Array, hash: Sha256 = sha256): Bytes {
  if (entry.length !== 32) return hash(concat(LEAF_PREFIX, entry));
  hashEntryInput.set(entry, 1);
  return hash(hashEntryInput);
}

/** RFC 6962: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array, hash: Sha256 = sha256): Bytes {
  if (left.length !== 32 || right.length !== 32) {
    throw new LogFailure("malformed", "expected two hashes of 32 bytes, was other bytes");
  }
  nodeInput.set(left, 1);
  nodeInput.set(right, 33);
  return hash(nodeInput);
}

/** Root of the empty tree: SHA-256 of nothing. */
export const emptyRoot: Bytes = sha256(new Uint8Array(0));

/** Sizes of the complete subtrees that cover `size` leaves, largest first. */
export function completeSizes(size: number): number[] {
  const sizes: number[] = [];
  for (let rest = size, width = 1; rest > 0; width *= 2) {
    if (rest % 2 === 1) sizes.unshift(width);
    rest = Math.floor(rest / 2);
  }
  return sizes;
}

/** A compact range from 0: the complete subtrees of a tree, largest first. Enough to append and to know the root. */
export class Frontier {
  #size: number;
  readonly #hashes: Bytes[];
  readonly #hash: Sha256;

  private constructor(size: number, hashes: readonly Bytes[], hash: Sha256) {
    this.#size = size;
    this.#hashes = [...hashes];
    this.#hash = hash;
  }

  /** `hashes` are the roots of the complete subtrees of `size` leaves, largest first. */
  static of(size: number, hashes: readonly Bytes[], hash: Sha256 = sha256): Frontier {
    if (completeSizes(size).length !== hashes.length) {
      throw new LogFailure("malformed", `expected the subtree hashes of ${size} leaves`);
    }
    return new Frontier(size, hashes, hash);
  }

  static empty(hash: Sha256 = sha256): Frontier {
    return new Frontier(0, [], hash);
  }

  get size(): number {
    return this.#size;
  }

  get hashes(): readonly Bytes[] {
    return [...this.#hashes];
  }

  append(leaf: Bytes): void {
    let node = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const left = this.#hashes.pop();
      if (left === undefined) throw new LogFailure("missing-hash", "expected a left subtree");
      node = nodeHash(left, node, this.#hash);
    }
    this.#hashes.push(node);
    this.#size += 1;
  }

  root(): Bytes {
    let root: Bytes | undefined;
    for (let i = this.#hashes.length - 1; i >= 0; i--) {
      const left = this.#hashes[i];
      if (left !== undefined) root = root === undefined ? left : nodeHash(left, root, this.#hash);
    }
    return root ?? emptyRoot;
  }

  clone(): Frontier {
    return new Frontier(this.#size, this.#hashes, this.#hash);
  }
}

/** RFC 6962 root over leaf hashes. */
export function rootOf(leafHashes: readonly Bytes[], hash: Sha256 = sha256): Bytes {
  const frontier = Frontier.empty(hash);
  for (const leaf of leafHashes) frontier.append(leaf);
  return frontier.root();
}
