import { verifyNode } from "@believe/host/keys";
import { sameBytes, utf8Text } from "@believe/shared/base";
import {
  type Checkpoint,
  keyChain,
  LogFailure,
  openNote,
  parseCheckpoint,
  readKeyChange,
} from "@believe/shared/wire/log";
import { z } from "zod";

const served = z.strictObject({
  v: z.literal(1),
  origin: z.string(),
  changes: z.array(z.string().max(4096)).max(4096),
});

/** What a log is known by: its first key, and the key changes that were verified since. */
export interface KnownChain {
  readonly origin: string;
  readonly vkey: string;
  readonly keyChanges: readonly string[];
}

/**
 * The key-change notes that a Worker serves, if they make one chain that goes on from the one that is known; a
 * sentence that says why not, else.
 */
export async function openServedChanges(
  bytes: Uint8Array,
  { origin, vkey, keyChanges }: KnownChain,
): Promise<readonly string[] | string> {
  try {
    const { origin: of, changes } = served.parse(JSON.parse(utf8Text(bytes)));
    if (of !== origin) return `expected the key changes of ${origin}, was of ${of}`;
    const isLonger = keyChanges.every((note, at) => changes[at] === note);
    if (!isLonger) return "expected the key changes that were verified, was others";
    await keyChain(changes, vkey, origin, verifyNode);
    return changes;
  } catch (cause) {
    if (cause instanceof LogFailure)
      return `the served key changes make no chain: ${cause.message}`;
    return "the served key changes are no list of notes";
  }
}

/**
 * The checkpoint of a note that the key in force signed. Until that key has signed its first one, the last one of
 * the key before is still served: the very checkpoint that the change names. Null for any other note.
 */
export async function openServedCheckpoint(
  note: string,
  { origin, vkey, keyChanges }: KnownChain,
): Promise<Checkpoint | null> {
  const changes = keyChanges.map((change) => readKeyChange(change));
  const inForce = changes.at(-1)?.newVkey ?? vkey;
  const checkpoint = await signedBy(note, inForce, origin);
  if (checkpoint !== null) return checkpoint;
  for (const { oldVkey, size, root } of changes.toReversed()) {
    const before = await signedBy(note, oldVkey, origin);
    const last = changes.at(-1);
    if (before === null || last === undefined || size !== last.size) continue;
    if (before.size === size && sameBytes(before.root, root)) return before;
  }
  return null;
}

async function signedBy(note: string, vkey: string, origin: string): Promise<Checkpoint | null> {
  try {
    const checkpoint = parseCheckpoint(await openNote(note, vkey, verifyNode));
    return checkpoint.origin === origin ? checkpoint : null;
  } catch {
    return null;
  }
}
