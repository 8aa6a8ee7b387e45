import { type Bytes, base64, type Verify } from "@believe/shared/base";
import { parseHash } from "./checkpoint.ts";
import { LogFailure } from "./failure.ts";
import {
  ED25519_NOTE,
  isKeyName,
  openNote,
  parseNote,
  parseVkey,
  type Signer,
  signNote,
  vkeyOf,
} from "./note.ts";
import { parseCount } from "./number.ts";

/** Longest key-change note that is looked at, in UTF-8 bytes. */
export const KEY_CHANGE_BYTES_MAX = 4096;
const HEAD = "believe/key-change/v1";

/** A log's old key hands over to its new one. */
export interface KeyChange {
  readonly origin: string;
  /** Tree size of the last checkpoint that the old key signed. */
  readonly size: number;
  /** Its root, 32 bytes. */
  readonly root: Bytes;
  readonly oldVkey: string;
  readonly newVkey: string;
}

function malformed(expected: string): LogFailure {
  return new LogFailure("malformed", `expected ${expected}, was other text`);
}

/** The note text of a key change: six lines, each with its line feed. */
export function formatKeyChange({ origin, size, root, oldVkey, newVkey }: KeyChange): string {
  return `${HEAD}\n${origin}\n${size}\n${base64(root)}\n${oldVkey}\n${newVkey}\n`;
}

/** Parses the note text and refuses every form that `formatKeyChange` would not write. */
function parseKeyChange(text: string): KeyChange {
  const [head, origin = "", size = "", root = "", oldVkey = "", newVkey = "", ...rest] =
    text.split("\n");
  if (head !== HEAD || rest.length !== 1 || rest[0] !== "") {
    throw malformed(`six lines that begin with ${HEAD}`);
  }
  if (!isKeyName(origin)) throw malformed("an origin");
  const [from, to] = [parseVkey(oldVkey), parseVkey(newVkey)];
  for (const { name, type } of [from, to]) {
    if (name !== origin || type !== ED25519_NOTE) throw malformed(`two keys of the log ${origin}`);
  }
  if (from.keyId === to.keyId) throw malformed("two keys with different ids");
  return { origin, size: parseCount(size, "a tree size"), root: parseHash(root), oldVkey, newVkey };
}

/** What a note says that was opened before it was stored. */
export function readKeyChange(note: string): KeyChange {
  return parseKeyChange(parseNote(note, KEY_CHANGE_BYTES_MAX).text);
}

/** Signs a change of the log `at.origin` from `old` to `next` with both keys, the old one first. */
export async function signKeyChange(
  at: Pick<KeyChange, "origin" | "size" | "root">,
  old: Signer,
  next: Signer,
): Promise<string> {
  const { origin, size, root } = at;
  const oldVkey = vkeyOf(old.name, old.publicKey);
  const newVkey = vkeyOf(next.name, next.publicKey);
  const text = formatKeyChange({ origin, size, root, oldVkey, newVkey });
  parseKeyChange(text);
  const second = await signNote(text, next);
  return (await signNote(text, old)) + second.slice(text.length + 1);
}

/**
 * Opens a key-change note of the log `origin`: the old key's signature, the new key's, and no other. Whether the old
 * key is the one in force is the caller's to know. Throws `LogFailure`: `unknown-key` and `bad-signature` where a
 * signature is not theirs, else `malformed` or `too-large`.
 */
export async function openKeyChange(
  note: string,
  origin: string,
  verify: Verify,
): Promise<KeyChange> {
  const { text, signatures } = parseNote(note, KEY_CHANGE_BYTES_MAX);
  const change = parseKeyChange(text);
  if (change.origin !== origin) throw malformed(`a key change of ${origin}`);
  const ids = [change.oldVkey, change.newVkey].map((vkey) => parseVkey(vkey).keyId);
  if (signatures.length !== 2) throw malformed("two signatures");
  if (signatures.some(({ keyId, name }, at) => keyId !== ids[at] || name !== origin)) {
    throw new LogFailure("unknown-key", "expected the old key's signature, then the new key's");
  }
  await openNote(note, change.oldVkey, verify, KEY_CHANGE_BYTES_MAX);
  await openNote(note, change.newVkey, verify, KEY_CHANGE_BYTES_MAX);
  return change;
}
