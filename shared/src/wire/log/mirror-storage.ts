import { type Bytes, concat } from "@believe/shared/base";
import { emptyRoot } from "./merkle.ts";
import type { TileName } from "./tile.ts";
import type { UnopenedHour } from "./unopened.ts";

/** What the mirror knows of its log: one row, written with every commit. */
export interface MirrorState {
  readonly size: number;
  readonly root: Bytes;
  /** Complete subtrees of `size` leaves, largest first. */
  readonly frontier: readonly Bytes[];
  /** The newest checkpoint as its log signed it, null before the first. */
  readonly note: string | null;
  /** Our cosignature line on it. */
  readonly cosignature: string | null;
  /** Minute of the newest leaf, null for an empty log or an entry that is no minute leaf. */
  readonly minute: string | null;
  /** Why the log is frozen, null while it is not. */
  readonly frozen: string | null;
  readonly openedLeaves: number;
  /** Journal lines that were opened and recompute a covered leaf. */
  readonly openedLines: number;
  /** Covered leaves that are not opened, by the hour of their minute; the oldest first. */
  readonly unopened: readonly UnopenedHour[];
}

export const EMPTY_MIRROR: MirrorState = {
  size: 0,
  root: emptyRoot,
  frontier: [],
  note: null,
  cosignature: null,
  minute: null,
  frozen: null,
  openedLeaves: 0,
  openedLines: 0,
  unopened: [],
};

/**
 * What is kept for one (level, index): the widest bytes that were PUT, of which the covered prefix is immutable,
 * or, some time after it was full and covered, the address of a blob.
 */
export type Slot =
  | { readonly kind: "row"; readonly width: number; readonly bytes: Bytes }
  | { readonly kind: "blob"; readonly sha256: Bytes };

export interface StoredOpening {
  readonly leaf: number;
  /** UTC day of its minute, e.g. "2024-01-09". */
  readonly day: string;
  /** How many journal lines it opens. */
  readonly lines: number;
  /** The text, or the address of the blob that holds it. */
  readonly content: string | { readonly sha256: Bytes };
}

export interface ForkEvidence {
  /** Size of the other checkpoint. */
  readonly size: number;
  /** The newest checkpoint that was cosigned, of this size or a larger one; null where the log was empty. */
  readonly cosigned: string | null;
  /** The checkpoint that the same key signed and that contradicts it. */
  readonly other: string;
}

/** Evidence with the operator's note that ended its freeze, null while it lasts. */
export interface Fork extends ForkEvidence {
  readonly unfrozen: string | null;
}

type SlotName = Pick<TileName, "level" | "index">;

/** Synchronous, transactional storage of one log. A Durable Object's SQLite is one. */
export interface MirrorStorage {
  state(): MirrorState | null;
  setState(state: MirrorState): void;
  slot(name: SlotName): Slot | null;
  setSlot(name: SlotName, slot: Slot): void;
  opening(leaf: number): StoredOpening | null;
  /** Stores a leaf's first opening, or a wider one in its place. */
  setOpening(opening: StoredOpening): void;
  /** Leaves of `day` that are opened, above `after`, ascending, at most `limit`. */
  openedLeaves(day: string, after: number, limit: number): number[];
  addEvidence(evidence: ForkEvidence): void;
  /** All evidence in the order in which it came. Nothing of it is ever removed. */
  forks(): readonly Fork[];
  /** Writes the note that ends a freeze to the newest evidence. */
  release(unfreeze: string): void;
  /** Key-change notes in order. */
  keyChanges(): readonly string[];
  addKeyChange(note: string): void;
  /** All of `run`'s writes or, if it throws, none. */
  transaction<T>(run: () => T): T;
}

/** Immutable bytes by key; a key is the lower-case hex SHA-256 of its bytes. */
export interface MirrorBlobs {
  get(sha256Hex: string): Promise<Bytes | null>;
  put(sha256Hex: string, bytes: Bytes): Promise<void>;
}

/** Bytes of the first `width` hashes of a tile or entries of a bundle that is known to hold them. */
export function prefixOf(level: number | "entries", bytes: Bytes, width: number): Bytes {
  if (level !== "entries") return bytes.slice(0, 32 * width);
  let at = 0;
  for (let i = 0; i < width; i++) {
    const [high = 0, low = 0] = bytes.subarray(at, at + 2);
    at += 2 + high * 256 + low;
  }
  return bytes.slice(0, at);
}

/** The hashes of a tile. */
export function hashesOf(tile: Bytes): Bytes[] {
  const hashes: Bytes[] = [];
  for (let at = 0; at < tile.length; at += 32) hashes.push(tile.slice(at, at + 32));
  return hashes;
}

/** The frontier as one value, for storages that hold bytes. */
export function frontierBytes(frontier: readonly Bytes[]): Bytes {
  return concat(...frontier);
}
