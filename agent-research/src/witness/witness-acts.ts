import { type Bytes, base64, sameBytes } from "@believe/shared/base";
import {
  type ActOutcome,
  type Checkpoint,
  type KeyChange,
  parseCheckpoint,
  parseNote,
  parseVkey,
  readKeyChange,
  type Unfreeze,
} from "@believe/shared/wire/log";
import type { WitnessState } from "./witness-store.ts";

/** What an act comes to, and the state to save before it is answered; null where nothing changes. */
export interface Act {
  readonly outcome: ActOutcome;
  readonly next: WitnessState | null;
}

const KNOWN: Act = { outcome: { kind: "taken", changed: false }, next: null };

function conflict({ size, frozen }: WitnessState, next: WitnessState | null = null): Act {
  return { outcome: { kind: "conflict", size, frozen }, next };
}

/** Whether the operator declared this checkpoint void. */
export function isVoid(
  { voids }: WitnessState,
  { size, root }: Pick<Checkpoint, "size" | "root">,
): boolean {
  const text = base64(root);
  return voids.some((one) => one.size === size && one.root === text);
}

/** The keys that sign checkpoints now: `first`, or the one that the last change brought. */
export function vkeysOf({ keyChanges }: WitnessState, first: readonly string[]): readonly string[] {
  const newest = keyChanges.at(-1);
  return newest === undefined ? first : [readKeyChange(newest).newVkey];
}

/** Whether what stands by the operator's word is what was cosigned and followed here. */
function isOurs(
  held: WitnessState,
  { size, root }: Unfreeze,
  followedRoot: (size: number) => Bytes | null,
): boolean {
  const followed = followedRoot(size);
  if (size === held.size) {
    return sameBytes(root, held.root) && (followed === null || sameBytes(followed, root));
  }
  const below = followedRoot(held.size);
  if (size < held.size || followed === null || below === null) return false;
  return sameBytes(followed, root) && sameBytes(below, held.root);
}

function withVoids(held: WitnessState, { size, root, otherRoot }: Unfreeze): WitnessState {
  const shown = held.evidence.map((note) => parseCheckpoint(parseNote(note).text));
  const told = otherRoot === null ? [] : [{ size, root: otherRoot }];
  const fresh = [...shown, ...told].filter(
    (one) => one.size !== size || !sameBytes(one.root, root),
  );
  const voids = [
    ...held.voids,
    ...fresh.map((one) => ({ size: one.size, root: base64(one.root) })),
  ];
  const unique = new Map(voids.map((one) => [`${one.size} ${one.root}`, one]));
  return { ...held, voids: [...unique.values()] };
}

/**
 * The operator's word on a log. It ends a freeze if it speaks of what was cosigned and followed here. Where there is
 * no freeze it is remembered all the same: it is public, and sent again it must not end a later one.
 */
export function release(
  held: WitnessState,
  note: string,
  unfreeze: Unfreeze,
  followedRoot: (size: number) => Bytes | null,
): Act {
  const known = held.unfreezes.find((one) => one.note === note);
  if (known !== undefined) {
    const last = held.unfreezes.findLast(({ released }) => released);
    return held.frozen === null && known === last ? KNOWN : conflict(held);
  }
  if (!isOurs(held, unfreeze, followedRoot)) return conflict(held);
  const released = held.frozen !== null;
  const unfreezes = [...held.unfreezes, { note, released }];
  const next = { ...withVoids(held, unfreeze), frozen: null, unfreezes };
  return released ? { outcome: { kind: "taken", changed: true }, next } : conflict(held, next);
}

/** The key change of a log: from the key in force, at the checkpoint that was cosigned last, to a key that never was. */
export function handOver(
  held: WitnessState,
  note: string,
  { size, root, oldVkey, newVkey }: KeyChange,
  first: readonly string[],
): Act {
  if (held.keyChanges.includes(note)) return KNOWN;
  const isHeld = size === held.size && sameBytes(root, held.root);
  const isInForce = vkeysOf(held, first).includes(oldVkey);
  if (held.frozen !== null || !isHeld || !isInForce) return conflict(held);
  const used = [...first, ...held.keyChanges.map((one) => readKeyChange(one).newVkey)];
  if (used.some((vkey) => parseVkey(vkey).keyId === parseVkey(newVkey).keyId)) {
    const detail = "expected a new key, was one that the log had before";
    return { outcome: { kind: "malformed", detail }, next: null };
  }
  const next = { ...held, keyChanges: [...held.keyChanges, note] };
  return { outcome: { kind: "taken", changed: true }, next };
}
