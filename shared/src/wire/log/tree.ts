import { type Bytes, type Sha256, sha256 } from "@believe/shared/base";
import { LogFailure } from "./failure.ts";
import { completeSizes, nodeHash } from "./merkle.ts";
import type { HashAt } from "./proof.ts";

/** A whole tree in memory: every complete subtree's hash, 64 bytes a leaf. For the agent that writes the log. */
export class HashTree {
  readonly #levels: Bytes[][] = [[]];
  readonly #hash: Sha256;

  constructor(hash: Sha256 = sha256) {
    this.#hash = hash;
  }

  get size(): number {
    return this.#levels[0]?.length ?? 0;
  }

  append(leaf: Bytes): void {
    let node = leaf;
    for (let level = 0; ; level++) {
      const row = this.#levels[level] ?? [];
      this.#levels[level] = row;
      row.push(node);
      const left = row[row.length - 2];
      if (row.length % 2 === 1 || left === undefined) return;
      node = nodeHash(left, node, this.#hash);
    }
  }

  readonly hashAt: HashAt = (level, index) => {
    const found = this.#levels[level]?.[index];
    if (found === undefined) {
      throw new LogFailure("missing-hash", `expected a hash at level ${level}, index ${index}`);
    }
    return found;
  };

  /** The complete subtrees of the first `size` leaves, largest first: what `Frontier.of` takes. */
  frontier(size: number = this.size): Bytes[] {
    let at = 0;
    return completeSizes(size).map((width) => {
      const node = this.hashAt(Math.round(Math.log2(width)), at / width);
      at += width;
      return node;
    });
  }
}
