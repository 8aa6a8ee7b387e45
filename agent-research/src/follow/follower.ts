import type { SignedClient } from "@believe/host/http";
import { nodeSha256 } from "@believe/host/keys";
import { type Bytes, base64, fromBase64, sameBytes, utf8Text } from "@believe/shared/base";
import {
  type Checkpoint,
  emptyRoot,
  Frontier,
  leafHash,
  parseBundle,
  readKeyChange,
  tilePath,
} from "@believe/shared/wire/log";
import { areEnded, withDoubt } from "./doubts.ts";
import type { FollowState, FollowStore } from "./follow-store.ts";
import { type KnownChain, openServedChanges, openServedCheckpoint } from "./served-keys.ts";

const BUNDLE_WIDTH = 256;

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

/** A served checkpoint that a key in force signed, with the key changes that say which one that is. */
interface Read {
  readonly checkpoint: Checkpoint;
  readonly keyChanges: readonly string[];
}

/** What was grown beyond the last state. */
interface Grown {
  readonly leaves: readonly Bytes[];
  /** Roots on the way, at the sizes that were asked for. */
  readonly roots: ReadonlyMap<number, Bytes>;
}

/**
 * Follows the broker's log as the Worker serves it, with a tree and a last checkpoint of its own:
 * every served checkpoint must be signed and must extend what was seen before, entry by entry. A new key of the log is
 * believed once the served chain of key changes leads to it and names roots of this very log.
 */
export class Follower {
  readonly #client: Pick<SignedClient, "get">;
  readonly #origin: string;
  readonly #vkey: string;
  readonly #store: FollowStore;
  readonly #cosigned: () => Cosigned;
  readonly #isVoid: (rootBase64: string) => boolean;
  #state: FollowState;
  /** Whether the leaf hashes give the state's root: not so beside the state file of an earlier release. */
  #hasLeaves: boolean;

  constructor(options: {
    readonly client: Pick<SignedClient, "get">;
    readonly origin: string;
    /** The log's first key. */
    readonly vkey: string;
    readonly store: FollowStore;
    /** What was cosigned: the served log must never fall behind it, nor differ from it. */
    readonly cosigned?: () => Cosigned;
    /** Whether the operator declared the log's checkpoint of this root void: his word on a fork. */
    readonly isVoid?: (rootBase64: string) => boolean;
  }) {
    this.#client = options.client;
    this.#origin = options.origin;
    this.#vkey = options.vkey;
    this.#store = options.store;
    this.#cosigned = options.cosigned ?? (() => ({ size: 0, root: emptyRoot }));
    this.#isVoid = options.isVoid ?? (() => false);
    this.#state = options.store.load();
    const root = this.#store.leaves.rootAt(this.#state.size);
    this.#hasLeaves = root !== null && sameBytes(root, fromBase64(this.#state.root));
  }

  /** Root that the served entries gave at `size`; null beyond what was followed. */
  rootAt(size: number): Bytes | null {
    if (size === this.#state.size) return fromBase64(this.#state.root);
    return size < this.#state.size && this.#hasLeaves ? this.#store.leaves.rootAt(size) : null;
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
    const read = await this.#read(note);
    if ("kind" in read) return read;
    const { size } = read.checkpoint;
    if (size < cosigned.size) {
      return this.#alarm(`expected ≥ ${cosigned.size} leaves, as cosigned, was ${size}`, read);
    }
    return this.#believed(await this.#extend(read, { note, cosigned, wallUs }));
  }

  get #chain(): KnownChain {
    return { origin: this.#origin, vkey: this.#vkey, keyChanges: this.#state.keyChanges };
  }

  /** Opens the note by the key in force; when another key signed it, the served key changes must lead there. */
  async #read(note: string): Promise<Read | Followed> {
    const known = await openServedCheckpoint(note, this.#chain);
    if (known !== null) return { checkpoint: known, keyChanges: this.#state.keyChanges };
    const served = await this.#client.get("/log/broker/key-changes").catch(() => null);
    if (served === null || (served.status !== 200 && served.status !== 404)) {
      return { kind: "unreachable", detail: "the Worker does not serve its log's key changes" };
    }
    const unsigned = "the served checkpoint is not signed by the broker";
    if (served.status === 404) return this.#alarm(unsigned);
    const keyChanges = await openServedChanges(served.bytes, this.#chain);
    if (typeof keyChanges === "string") return this.#alarm(keyChanges);
    const checkpoint = await openServedCheckpoint(note, { ...this.#chain, keyChanges });
    return checkpoint === null ? this.#alarm(unsigned) : { checkpoint, keyChanges };
  }

  async #extend(
    read: Read,
    { note, cosigned, wallUs }: { note: string; cosigned: Cosigned; wallUs: number },
  ): Promise<Followed> {
    const { checkpoint, keyChanges } = read;
    const { size, root } = this.#state;
    if (checkpoint.size < size) {
      return this.#alarm(`expected ≥ ${size} leaves, was served ${checkpoint.size}`, read);
    }
    const tree = this.#hasLeaves
      ? Frontier.of(size, this.#state.hashes, nodeSha256)
      : Frontier.empty(nodeSha256);
    const from = tree.size;
    const fresh = keyChanges.slice(this.#state.keyChanges.length).map((one) => readKeyChange(one));
    const grown = await this.#append(tree, checkpoint.size, [
      size,
      cosigned.size,
      ...fresh.map((one) => one.size),
    ]);
    if (typeof grown === "string") return { kind: "unreachable", detail: grown };
    if (!sameBytes(tree.root(), checkpoint.root)) {
      return this.#alarm(
        `the entries do not give the signed root at size ${checkpoint.size}`,
        read,
      );
    }
    const rootAt = (at: number): Bytes | null => grown.roots.get(at) ?? this.rootAt(at);
    const same = rootAt(size);
    if (same === null || !sameBytes(same, fromBase64(root))) {
      return this.#alarm(`the entries are not those that were followed up to size ${size}`, read);
    }
    // Before anything of it is kept: whoever followed a fork could not be brought back to what was cosigned.
    const ours = cosigned.size === 0 ? null : rootAt(cosigned.size);
    if (ours !== null && !sameBytes(ours, cosigned.root)) {
      const at = cosigned.size;
      return this.#alarm(`the served entries are not those that were cosigned at ${at}`, read);
    }
    for (const change of fresh) {
      const here = rootAt(change.size);
      if (here !== null && sameBytes(here, change.root)) continue;
      return this.#alarm(`the key was changed at another root of size ${change.size}`);
    }
    // The hashes first: what the state file names must be there after a crash.
    if (grown.leaves.length > 0) this.#store.leaves.write(from, grown.leaves);
    this.#hasLeaves = true;
    const grew = checkpoint.size > size;
    this.#state = {
      ...this.#state,
      size: checkpoint.size,
      hashes: tree.hashes,
      root: base64(checkpoint.root),
      note,
      checkedAtUs: wallUs,
      keyChanges,
    };
    if (grew || fresh.length > 0) this.#store.save(this.#state);
    return grew ? { kind: "advanced", size: checkpoint.size } : { kind: "unchanged" };
  }

  /** Feeds the entries from the tree's size to `size`; or why, when a bundle is not to be had now. */
  async #append(tree: Frontier, size: number, wanted: readonly number[]): Promise<Grown | string> {
    const leaves: Bytes[] = [];
    const roots = new Map<number, Bytes>();
    const see = (): void => {
      if (wanted.includes(tree.size)) roots.set(tree.size, tree.root());
    };
    see();
    while (tree.size < size) {
      const index = Math.floor(tree.size / BUNDLE_WIDTH);
      const width = Math.min(BUNDLE_WIDTH, size - index * BUNDLE_WIDTH);
      const path = tilePath("entries", index, width);
      const answer = await this.#client.get(`/log/broker/${path}`).catch(() => null);
      if (answer?.status !== 200) return `${path} is not served`;
      const entries = entriesOf(answer.bytes, width);
      if (entries === null) return `${path} is not a bundle of ${width} entries`;
      for (const entry of entries.slice(tree.size - index * BUNDLE_WIDTH)) {
        const leaf = leafHash(entry, nodeSha256);
        tree.append(leaf);
        leaves.push(leaf);
        see();
      }
    }
    return { leaves, roots };
  }

  /** A look that verified: with the operator's word on every fork that was seen, nothing is left to doubt. */
  #believed(followed: Followed): Followed {
    const verified = followed.kind === "advanced" || followed.kind === "unchanged";
    const { consistent, doubts } = this.#state;
    if (verified && !consistent && areEnded(doubts, this.#isVoid)) {
      this.#state = { ...this.#state, consistent: true, doubts: [] };
      this.#store.save(this.#state);
    }
    return followed;
  }

  /** `by`: what was served, where the log's key signed it. */
  #alarm(detail: string, by?: Read): Followed {
    const root = by === undefined ? null : base64(by.checkpoint.root);
    const doubts = withDoubt(this.#state.doubts, root);
    this.#state = { ...this.#state, consistent: false, doubts };
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
