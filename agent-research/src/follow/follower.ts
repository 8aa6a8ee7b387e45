import type { SignedClient } from "@believe/host/http";
import { nodeSha256, verifyNode } from "@believe/host/keys";
import { type Bytes, base64, fromBase64, sameBytes, utf8Text } from "@believe/shared/base";
import {
  type Checkpoint,
  emptyRoot,
  Frontier,
  leafHash,
  openNote,
  parseBundle,
  parseCheckpoint,
  tilePath,
} from "@believe/shared/wire/log";
import type { FollowState, FollowStore } from "./follow-store.ts";

const BUNDLE_WIDTH = 256;
/** How many of the newest roots are remembered to compare a checkpoint that is offered for a cosignature. */
const ROOTS_KEPT = 1024;

/** What this agent's witness cosigned last. */
export interface Cosigned {
  readonly size: number;
  readonly root: Bytes;
}

/** What one look at the served log came to. */
export type Followed =
  | { readonly kind: "unchanged" | "empty" }
  | { readonly kind: "advanced"; readonly size: number }
  | { readonly kind: "unreachable"; readonly detail: string }
  | { readonly kind: "inconsistent"; readonly detail: string };

/**
 * Follows the broker's log as the Worker serves it, with a tree and a last checkpoint of its own:
 * every served checkpoint must be signed and must extend what was seen before, entry by entry.
 */
export class Follower {
  readonly #client: Pick<SignedClient, "get">;
  readonly #origin: string;
  readonly #vkey: string;
  readonly #store: FollowStore;
  readonly #cosigned: () => Cosigned;
  readonly #roots = new Map<number, Bytes>();
  #state: FollowState;

  constructor(options: {
    readonly client: Pick<SignedClient, "get">;
    readonly origin: string;
    readonly vkey: string;
    readonly store: FollowStore;
    /** What was cosigned: the served log must never fall behind it, nor differ from it. */
    readonly cosigned?: () => Cosigned;
  }) {
    this.#client = options.client;
    this.#origin = options.origin;
    this.#vkey = options.vkey;
    this.#store = options.store;
    this.#cosigned = options.cosigned ?? (() => ({ size: 0, root: emptyRoot }));
    this.#state = options.store.load();
    this.#roots.set(this.#state.size, fromBase64(this.#state.root));
  }

  /** Root that the served entries gave at `size`; null where it is unknown or no longer remembered. */
  rootAt(size: number): Bytes | null {
    return this.#roots.get(size) ?? null;
  }

  get state(): FollowState {
    return this.#state;
  }

  async look(wallUs: number): Promise<Followed> {
    // Read before asking: what is cosigned meanwhile may be newer than the answer.
    const cosigned = this.#cosigned();
    const served = await this.#client.get("/log/broker/checkpoint").catch(() => null);
    if (served === null) return { kind: "unreachable", detail: "the Worker does not answer" };
    if (served.status === 404) {
      const known = Math.max(this.#state.size, cosigned.size);
      return known === 0
        ? { kind: "empty" }
        : this.#alarm(`expected a log of at least ${known} leaves, none is served`);
    }
    if (served.status !== 200) {
      return { kind: "unreachable", detail: `the Worker answered ${served.status}` };
    }
    const note = utf8Text(served.bytes);
    const checkpoint = await this.#read(note);
    if (checkpoint === null)
      return this.#alarm("the served checkpoint is not signed by the broker");
    if (checkpoint.size < cosigned.size) {
      return this.#alarm(`expected ≥ ${cosigned.size} leaves, as cosigned, was ${checkpoint.size}`);
    }
    const followed = await this.#extend(checkpoint, note, wallUs);
    const root = this.rootAt(cosigned.size);
    if (cosigned.size === 0 || root === null || sameBytes(root, cosigned.root)) return followed;
    return this.#alarm(`the served entries are not those that were cosigned at ${cosigned.size}`);
  }

  async #read(note: string): Promise<Checkpoint | null> {
    try {
      const checkpoint = parseCheckpoint(await openNote(note, this.#vkey, verifyNode));
      return checkpoint.origin === this.#origin ? checkpoint : null;
    } catch {
      return null;
    }
  }

  async #extend(checkpoint: Checkpoint, note: string, wallUs: number): Promise<Followed> {
    if (checkpoint.size < this.#state.size) {
      return this.#alarm(`expected ≥ ${this.#state.size} leaves, was served ${checkpoint.size}`);
    }
    const tree = Frontier.of(this.#state.size, this.#state.hashes, nodeSha256);
    const appended = await this.#append(tree, checkpoint.size);
    if (typeof appended === "string") return { kind: "unreachable", detail: appended };
    if (!sameBytes(tree.root(), checkpoint.root)) {
      return this.#alarm(`the entries do not give the signed root at size ${checkpoint.size}`);
    }
    const grew = checkpoint.size > this.#state.size;
    for (const [size, root] of appended) this.#remember(size, root);
    this.#remember(checkpoint.size, checkpoint.root);
    this.#state = {
      size: checkpoint.size,
      hashes: tree.hashes,
      root: base64(checkpoint.root),
      note,
      consistent: this.#state.consistent,
      checkedAtUs: wallUs,
    };
    if (grew) this.#store.save(this.#state);
    return grew ? { kind: "advanced", size: checkpoint.size } : { kind: "unchanged" };
  }

  /**
   * Feeds the entries from the tree's size to `size` and returns the newest roots on the way; or why, when a bundle
   * is not to be had now.
   */
  async #append(tree: Frontier, size: number): Promise<ReadonlyMap<number, Bytes> | string> {
    const roots = new Map<number, Bytes>();
    while (tree.size < size) {
      const index = Math.floor(tree.size / BUNDLE_WIDTH);
      const width = Math.min(BUNDLE_WIDTH, size - index * BUNDLE_WIDTH);
      const path = tilePath("entries", index, width);
      const answer = await this.#client.get(`/log/broker/${path}`).catch(() => null);
      if (answer?.status !== 200) return `${path} is not served`;
      const entries = entriesOf(answer.bytes, width);
      if (entries === null) return `${path} is not a bundle of ${width} entries`;
      for (const entry of entries.slice(tree.size - index * BUNDLE_WIDTH)) {
        tree.append(leafHash(entry, nodeSha256));
        if (tree.size > size - ROOTS_KEPT) roots.set(tree.size, tree.root());
      }
    }
    return roots;
  }

  #remember(size: number, root: Bytes): void {
    this.#roots.set(size, root);
    for (const old of this.#roots.keys()) {
      if (this.#roots.size <= ROOTS_KEPT) return;
      this.#roots.delete(old);
    }
  }

  #alarm(detail: string): Followed {
    this.#state = { ...this.#state, consistent: false };
    this.#store.save(this.#state);
    return { kind: "inconsistent", detail };
  }
}

function entriesOf(bundle: Uint8Array, width: number): Uint8Array[] | null {
  try {
    return parseBundle(bundle, width);
  } catch {
    return null;
  }
}
