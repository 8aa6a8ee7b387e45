import { BytesFailure, type Sha256, sameBytes, utf8Text, type Verify } from "@believe/shared/base";
import { z } from "zod";
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { keyChain, openKeyChanges } from "./key-chain.ts";
import type { KeyChange } from "./key-change.ts";
import { type KnownKey, type KnownKeys, knownKeys } from "./known-keys.ts";
import { type LogSource, placed, tampered } from "./log-source.ts";
import { parseNote } from "./note.ts";
import { rootAt } from "./rebuild.ts";
import type { HashTree } from "./tree.ts";

const PLACE = "key-changes";
const served = z.object({
  v: z.literal(1),
  origin: z.string().min(1).max(128),
  changes: z.array(z.string()).max(10_000),
});

/** Known keys of a log, followed through the changes that its mirror serves. */
export interface FollowedKeys {
  /** Oldest first; every one was signed by both of its keys and follows from the one before. */
  readonly changes: readonly KeyChange[];
  /** The key in force, null where no change says and any known key of the log may be it. */
  readonly inForce: string | null;
  /** Keys to check a checkpoint with. */
  readonly keysFor: (checkpoint: Checkpoint) => KnownKeys;
}

/** Reads the notes of key changes, oldest first; none where nothing is served. */
export async function readKeyChanges(source: LogSource, origin: string): Promise<string[]> {
  const bytes = await source.get(PLACE);
  if (bytes === null) return [];
  try {
    const said = served.parse(JSON.parse(utf8Text(bytes)));
    if (said.origin === origin) return said.changes;
    throw tampered(PLACE, `expected changes of ${origin}, was of ${said.origin}`);
  } catch (cause) {
    const isOther =
      cause instanceof z.ZodError || cause instanceof SyntaxError || cause instanceof BytesFailure;
    if (!isOther) throw cause;
    throw tampered(PLACE, "expected the changes of a log's key, was other text", cause);
  }
}

/** Follows the known keys of a log to the one in force. A finding names the note that does not follow. */
export async function followKeys(
  source: LogSource,
  keys: KnownKeys,
  of: { readonly origin: string; readonly verify: Verify },
): Promise<FollowedKeys> {
  const { origin, verify } = of;
  const notes = await readKeyChanges(source, origin);
  const own = keys.notes.filter(({ name }) => name === origin);
  if (notes.length === 0 || own.length === 0) {
    return { changes: [], inForce: null, keysFor: () => keys };
  }
  const changes = await openKeyChanges(notes, origin, verify);
  const isLinked = ({ vkey }: KnownKey): boolean =>
    changes.some(({ oldVkey, newVkey }) => oldVkey === vkey || newVkey === vkey);
  const known = (own.find(isLinked) ?? own[0])?.vkey ?? "";
  const inForce = (await keyChain(notes, known, origin, verify)).at(-1)?.vkey ?? known;
  const others = keys.notes.filter(({ name }) => name !== origin);
  const keysFor = (checkpoint: Checkpoint): KnownKeys => ({
    notes: [...knownKeys([inForce, ...handingOver(changes, checkpoint)]).notes, ...others],
    witnesses: keys.witnesses,
  });
  return { changes, inForce, keysFor };
}

/**
 * The old keys that may still stand under this checkpoint: until the new key signed its first leaf, the log is served
 * as the old one signed it last, at the very size and root of the change.
 */
function handingOver(changes: readonly KeyChange[], { size, root }: Checkpoint): string[] {
  const isLast = (change: KeyChange): boolean =>
    change.size === size && sameBytes(change.root, root);
  const at = changes.findLastIndex((change) => !isLast(change));
  return changes.slice(at + 1).map(({ oldVkey }) => oldVkey);
}

/** A checkpoint's claim before anything of it is believed. */
export function claimOf(note: string, place: string): Checkpoint {
  return placed(place, () => parseCheckpoint(parseNote(note).text));
}

/** Each change happened in this very log: its root is that of the rebuilt one. */
export function checkKeyChanges(changes: readonly KeyChange[], tree: HashTree, hash: Sha256): void {
  for (const [i, { size, root }] of changes.entries()) {
    const place = `${PLACE}/${i}`;
    if (size > tree.size) {
      throw tampered(place, `expected a change at up to ${tree.size} leaves, was at ${size}`);
    }
    if (!sameBytes(rootAt(tree, size, hash), root)) {
      throw tampered(place, `expected the root at ${size} leaves, was another`);
    }
  }
}
