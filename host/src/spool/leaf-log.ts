import { join } from "node:path";
import { type Bytes, type Disk, invariant, type Sha256, utf8 } from "@believe/shared/base";
import {
  bundleOf,
  checkpointText,
  consistencyProof,
  Frontier,
  HashTree,
  leafHash,
  type Signer,
  signNote,
  TILE_WIDTH,
  type TileName,
  tileOf,
} from "@believe/shared/wire/log";
import { nodeDisk, saidBy } from "../disk/index.ts";
import { SpoolFailure } from "./failure.ts";
import { LeafFile } from "./leaf-file.ts";
import type { SealedLeaf } from "./sealed-leaf.ts";

/** The sealed leaves and their Merkle tree: what a mirror is given. Owned by the `Spool`, which alone appends. */
export class LeafLog {
  readonly origin: string;
  readonly #folder: string;
  readonly #sha256: Sha256;
  readonly #tree: HashTree;
  readonly #file: LeafFile;
  #newest: SealedLeaf | null = null;
  #isBroken = false;
  #bundle: { readonly index: number; readonly entries: Bytes[] } = { index: 0, entries: [] };

  /** Opens the file of leaves and checks that each follows the one before in index, minute and records. */
  constructor(folder: string, origin: string, sha256: Sha256, disk: Disk = nodeDisk) {
    this.#folder = folder;
    this.origin = origin;
    this.#sha256 = sha256;
    this.#tree = new HashTree(sha256);
    this.#file = LeafFile.open(disk, join(folder, "leaves.jsonl"), origin, (leaf) => {
      this.#mustFollow(leaf);
      this.#take(leaf);
    });
  }

  get size(): number {
    return this.#tree.size;
  }

  get newest(): SealedLeaf | null {
    return this.#newest;
  }

  /** Records below this number are in leaves. */
  get sealedSeq(): number {
    return this.#newest === null ? 0 : this.#newest.firstSeq + this.#newest.count;
  }

  /** Makes leaves durable, then counts them. */
  append(leaves: readonly SealedLeaf[]): void {
    if (this.#isBroken) {
      throw new SpoolFailure(
        "not-durable",
        `expected a disk that took every leaf in ${this.#folder}, was one that refused some before`,
      );
    }
    try {
      this.#file.append(leaves);
    } catch (cause) {
      // Nobody knows what the disk holds now: only opening anew finds out.
      this.#isBroken = true;
      throw new SpoolFailure(
        "not-durable",
        `expected the disk to take leaves in ${this.#folder}, was ${saidBy(cause)}`,
        { cause },
      );
    }
    for (const leaf of leaves) this.#take(leaf);
  }

  read(from: number, to: number): Generator<SealedLeaf> {
    return this.#file.read(from, Math.min(to, this.size));
  }

  root(size: number): Bytes {
    return Frontier.of(size, this.#tree.frontier(size), this.#sha256).root();
  }

  tile({ level, index, width }: TileName): Bytes {
    if (level !== "entries") return tileOf({ level, index, width }, this.#tree.hashAt);
    return bundleOf(this.#entries(index, width));
  }

  consistency(oldSize: number, newSize: number): Bytes[] {
    return consistencyProof(oldSize, newSize, this.#tree.hashAt, this.#sha256);
  }

  checkpoint(signer: Signer, size: number): Promise<string> {
    const text = checkpointText({ origin: this.origin, size, root: this.root(size) });
    return signNote(text, signer);
  }

  close(): void {
    this.#file.close();
  }

  /** The first entries of a bundle. A push asks for the same bundle a leaf wider each time, so the last one is kept. */
  #entries(index: number, width: number): Bytes[] {
    if (this.#bundle.index !== index) this.#bundle = { index, entries: [] };
    const { entries } = this.#bundle;
    const first = index * TILE_WIDTH;
    for (const { text } of this.read(first + entries.length, first + width)) {
      entries.push(utf8(text));
    }
    invariant(entries.length >= width, "a bundle holds sealed leaves only");
    return entries.slice(0, width);
  }

  #take(leaf: SealedLeaf): void {
    this.#tree.append(leafHash(utf8(leaf.text), this.#sha256));
    this.#newest = leaf;
  }

  #mustFollow(leaf: SealedLeaf): void {
    const previous = this.#newest;
    const follows =
      previous === null ||
      leaf.minute > previous.minute ||
      (leaf.minute === previous.minute && previous.closed === "cut");
    if (follows && leaf.firstSeq === this.sealedSeq) return;
    throw new SpoolFailure(
      "corrupt",
      `expected leaf ${leaf.index} in ${this.#folder} after minute ${previous?.minute ?? "none"} from record ${this.sealedSeq} on, was minute ${leaf.minute} from record ${leaf.firstSeq} on`,
    );
  }
}
