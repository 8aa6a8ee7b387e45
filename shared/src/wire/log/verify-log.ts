import { base64, sameBytes, utf8Text } from "@believe/shared/base";
import { type CheckedFork, checkForks, type ForkGround } from "./checked-forks.ts";
import { parseHash } from "./checkpoint.ts";
import { LogFailure } from "./failure.ts";
import { checkKeyChanges, claimOf, type FollowedKeys, followKeys } from "./followed-keys.ts";
import type { KeyChange } from "./key-change.ts";
import type { KnownKeys } from "./known-keys.ts";
import { type LogSource, placed, tampered, type VerifyTools } from "./log-source.ts";
import { checkOpenings, type OpenedLeaf, type OpenedLog } from "./opened-days.ts";
import type { PinnedLog } from "./pins.ts";
import { type RebuiltLog, rebuildLog, rootAt } from "./rebuild.ts";
import { readForks, type ServedForks } from "./served-forks.ts";
import {
  checkCounts,
  checkState,
  expectNotFrozen,
  readState,
  type ServedState,
} from "./served-state.ts";
import { type CheckedCheckpoint, openCheckpoint } from "./signed-checkpoint.ts";
import { operatorName } from "./unfreeze.ts";

const PLACE = "checkpoint";

/** Where a verification stands. */
export interface VerifyProgress {
  readonly step: "entries" | "openings";
  readonly leaves: number;
}

export interface VerifyOptions {
  readonly source: LogSource;
  readonly keys: KnownKeys;
  readonly tools: VerifyTools;
  /** What an earlier visit saw; the log must have grown from it. */
  readonly seen?: PinnedLog | undefined;
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Called with every opened leaf, checked, in leaf order. */
  readonly onOpening?: (opened: OpenedLeaf) => void;
}

/** A log that held. */
export interface LogReport {
  /** The checkpoint as it was served. */
  readonly note: string;
  readonly signed: CheckedCheckpoint;
  /** The log's key of now: what a pin remembers. */
  readonly inForce: string;
  /** How the log came to it, oldest first. */
  readonly keyChanges: readonly KeyChange[];
  /** Forks that the operator ended. */
  readonly forks: readonly CheckedFork[];
  /** Base64 of the root: the tip. */
  readonly root: string;
  readonly rebuilt: RebuiltLog;
  readonly opened: OpenedLog;
  /** Size that an earlier visit saw, null without one. */
  readonly grownFrom: number | null;
  /** Whether the mirror's own summary was there to be compared. */
  readonly stateChecked: boolean;
}

export type VerifyOutcome =
  | { readonly kind: "verified"; readonly report: LogReport }
  /** The first finding; `place` names the leaf, minute, seq, tile or file. */
  | { readonly kind: "tampered"; readonly place: string; readonly message: string }
  /** There is no checkpoint. */
  | { readonly kind: "absent" };

/**
 * Checks a whole served log: signature and cosignatures, the tree rebuilt from its entries, every hash tile, the
 * order of the minutes, every opening and day file, and growth since an earlier visit. It throws only what `source`
 * throws.
 */
export async function verifyLog(options: VerifyOptions): Promise<VerifyOutcome> {
  try {
    const before = await readState(options.source);
    const note = await options.source.get(PLACE);
    if (note === null) return { kind: "absent" };
    const text = placed(PLACE, () => utf8Text(note));
    return { kind: "verified", report: await verifyNote(text, before, options) };
  } catch (cause) {
    return findingOf(cause);
  }
}

/** A finding as a value; everything else goes on. */
export function findingOf(cause: unknown): VerifyOutcome & { readonly kind: "tampered" } {
  if (!(cause instanceof LogFailure) || cause.code !== "tampered") throw cause;
  const place = cause.facts["place"];
  return { kind: "tampered", place: String(place ?? ""), message: cause.message };
}

async function verifyNote(
  note: string,
  before: ServedState | null,
  options: VerifyOptions,
): Promise<LogReport> {
  const { source, keys, tools, onProgress } = options;
  const { origin } = claimOf(note, "checkpoint");
  const followed = await followKeys(source, keys, { origin, verify: tools.verify });
  const signed = await signedCheckpoint(note, followed, options);
  const { checkpoint } = signed;
  const inForce = followed.inForce ?? signed.vkey;
  await expectVkey(source, inForce);
  const served = await readForks(source);
  if (before !== null) expectNotFrozen(before, served);
  expectSameKey(inForce, followed, options.seen);
  expectNotSmaller(checkpoint.size, options.seen);
  const rebuilt = await rebuildLog(source, checkpoint, {
    hash: tools.hash,
    onLeaves: (leaves) => onProgress?.({ step: "entries", leaves }),
  });
  expectGrowth(rebuilt, options);
  checkKeyChanges(followed.changes, rebuilt.tree, tools.hash);
  const vkeys = [...followed.changes.map(({ oldVkey }) => oldVkey), inForce];
  const forks = await forksOf(served, before, {
    origin,
    vkeys,
    operator: keys.notes.find(({ name }) => name === operatorName(origin))?.vkey ?? null,
    tree: rebuilt.tree,
    hash: tools.hash,
    verify: tools.verify,
  });
  if (before !== null) {
    checkState(before, rebuilt, { origin: checkpoint.origin, keys, hash: tools.hash });
  }
  const opened = await checkOpenings(source, rebuilt.order.leaves, {
    tools,
    onOpening: (one) => {
      onProgress?.({ step: "openings", leaves: one.leaf.index + 1 });
      options.onOpening?.(one);
    },
  });
  const after = before === null ? null : await readState(source);
  if (before !== null && after !== null) {
    if (after.frozen !== null) expectNotFrozen(after, await readForks(source));
    checkCounts(before, opened, after);
  }
  expectNothingClosed(opened, options.seen);
  return {
    note: signed.note,
    signed,
    inForce,
    keyChanges: followed.changes,
    forks,
    root: base64(checkpoint.root),
    rebuilt,
    opened,
    grownFrom: options.seen?.size ?? null,
    stateChecked: before !== null,
  };
}

/**
 * The checkpoint under the key in force. One that was read just before the log changed its key is read again: changes
 * are asked for after it, so that they are never older.
 */
async function signedCheckpoint(
  note: string,
  { changes, keysFor }: FollowedKeys,
  { source, tools }: VerifyOptions,
): Promise<CheckedCheckpoint & { readonly note: string }> {
  const newest = changes.at(-1);
  const isBehind = newest !== undefined && claimOf(note, PLACE).size < newest.size;
  const again = isBehind ? await source.get(PLACE) : null;
  const now = again === null ? note : placed(PLACE, () => utf8Text(again));
  const signed = await openCheckpoint(now, keysFor(claimOf(now, PLACE)), tools.verify);
  return { ...signed, note: now };
}

async function forksOf(
  served: ServedForks | null,
  before: ServedState | null,
  ground: ForkGround,
): Promise<CheckedFork[]> {
  const kept = served?.forks.length ?? 0;
  const said = before?.forks ?? 0;
  if (kept < said)
    throw tampered("forks", `expected ${said} forks as the mirror counts, was ${kept}`);
  if (served !== null && before !== null && before.forks === undefined) {
    throw tampered("state", "expected a count of forks beside the forks that are served, was none");
  }
  return served === null ? [] : await checkForks(served, ground);
}

/** The key that the mirror shows must be the one that we know; a folder may leave it out. */
async function expectVkey(source: LogSource, vkey: string): Promise<void> {
  const bytes = await source.get("vkey");
  if (bytes === null) return;
  const served = placed("vkey", () => utf8Text(bytes));
  if (served !== `${vkey}\n`) {
    throw tampered("vkey", `expected ${vkey}, was ${JSON.stringify(served.trim())}`);
  }
}

function expectSameKey(vkey: string, { changes }: FollowedKeys, seen: PinnedLog | undefined): void {
  if (seen === undefined || vkey === seen.vkey) return;
  if (changes.some(({ oldVkey }) => oldVkey === seen.vkey)) return;
  throw tampered(PLACE, `expected the key seen before, ${seen.vkey}, was ${vkey}`);
}

function expectNotSmaller(size: number, seen: PinnedLog | undefined): void {
  if (seen !== undefined && size < seen.size) {
    throw tampered(
      "checkpoint",
      `expected at least the ${seen.size} leaves seen before, was ${size}`,
    );
  }
}

function expectGrowth({ tree }: RebuiltLog, { seen, tools }: VerifyOptions): void {
  if (seen === undefined) return;
  const root = placed("pins", () => parseHash(seen.root));
  if (!sameBytes(rootAt(tree, seen.size, tools.hash), root)) {
    throw tampered(
      "checkpoint",
      `expected a log that goes on from the ${seen.size} leaves seen before, was another history`,
    );
  }
}

function expectNothingClosed(opened: OpenedLog, seen: PinnedLog | undefined): void {
  if (seen === undefined) return;
  for (const [what, is, was] of [
    ["opened leaves", opened.leaves, seen.openedLeaves],
    ["opened records", opened.records, seen.records],
  ] as const) {
    if (is < was)
      throw tampered("open", `expected at least ${was} ${what} as seen before, was ${is}`);
  }
}
