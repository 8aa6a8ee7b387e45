import { base64, type Verify } from "@believe/shared/base";
import { type KeyChange, openKeyChange } from "./key-change.ts";
import { placed, placedAsync, tampered } from "./log-source.ts";
import { ED25519_NOTE, parseVkey } from "./note.ts";

/** One key of a log and the checkpoints that it signs. */
export interface KeySpan {
  readonly vkey: string;
  /** Size of the log when the key came into force; 0 for a key that no change brought. */
  readonly fromSize: number;
  /** Size of the last checkpoint that it signed, null while it is in force. */
  readonly toSize: number | null;
}

const place = (at: number): string => `key-changes/${at}`;

/** Holds a change to the one before it: the key in force hands over, to a key that never was, no smaller log. */
function expectLink(change: KeyChange, at: number, before: readonly KeyChange[]): void {
  const last = before.at(-1);
  if (last === undefined) return;
  if (change.oldVkey !== last.newVkey) {
    throw tampered(place(at), `expected a change of ${last.newVkey}, was of ${change.oldVkey}`);
  }
  const used = before.flatMap(({ oldVkey, newVkey }) => [oldVkey, newVkey]);
  if (used.some((vkey) => parseVkey(vkey).keyId === parseVkey(change.newVkey).keyId)) {
    throw tampered(place(at), `expected a new key, was ${change.newVkey} once more`);
  }
  if (change.size < last.size) {
    throw tampered(place(at), `expected a size of at least ${last.size}, was ${change.size}`);
  }
  if (change.size === last.size && base64(change.root) !== base64(last.root)) {
    throw tampered(place(at), `expected the root of the change before at size ${change.size}`);
  }
}

/** Opens served key-change notes in order and checks that each follows from the one before. */
export async function openKeyChanges(
  notes: readonly string[],
  origin: string,
  verify: Verify,
): Promise<KeyChange[]> {
  const changes: KeyChange[] = [];
  for (const [at, note] of notes.entries()) {
    const change = await placedAsync(place(at), () => openKeyChange(note, origin, verify));
    expectLink(change, at, changes);
    changes.push(change);
  }
  return changes;
}

/**
 * The keys of a log from `known` (its genesis key, or one that was pinned later) to the one in force. Every served
 * link is checked, those before the known key too; the roots that the links name are for the caller to compare.
 * Throws `LogFailure` `tampered` with the place `key-changes/<i>` where the links do not make one chain, or lead past
 * the known key.
 */
export async function keyChain(
  notes: readonly string[],
  known: string,
  origin: string,
  verify: Verify,
): Promise<KeySpan[]> {
  const key = placed(place(0), () => parseVkey(known));
  if (key.name !== origin || key.type !== ED25519_NOTE) {
    throw tampered(place(0), `expected a key of ${origin}, was one of ${key.name}`);
  }
  const changes = await openKeyChanges(notes, origin, verify);
  const made = changes.findIndex(({ newVkey }) => newVkey === known);
  const isFirst = changes.length === 0 || changes[0]?.oldVkey === known;
  if (made < 0 && !isFirst) {
    throw tampered(place(0), `expected a change of ${known}, was of ${changes[0]?.oldVkey}`);
  }
  const spans: KeySpan[] = [];
  let from = { vkey: known, fromSize: changes[made]?.size ?? 0 };
  for (const { newVkey, size } of changes.slice(made + 1)) {
    spans.push({ ...from, toSize: size });
    from = { vkey: newVkey, fromSize: size };
  }
  return [...spans, { ...from, toSize: null }];
}
