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
} from "./note.ts";
import { parseCount } from "./number.ts";

/** Longest unfreeze note that is looked at, in UTF-8 bytes. */
export const UNFREEZE_BYTES_MAX = 4096;
const HEAD = "believe/unfreeze/v1";
const REASON = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,200}$/u;

/** The operator's word on a frozen log: on which of two histories it goes on, and why. */
export interface Unfreeze {
  readonly origin: string;
  /** Tree size of the checkpoint that stands. */
  readonly size: number;
  /** Its root, 32 bytes. */
  readonly root: Bytes;
  /** Root of the contradicting checkpoint that is void from now on, null where it is unknown. */
  readonly otherRoot: Bytes | null;
  /** One line of 1 to 200 printable characters. */
  readonly reason: string;
}

function malformed(expected: string): LogFailure {
  return new LogFailure("malformed", `expected ${expected}, was other text`);
}

/** Name of the operator's key of a log. */
export function operatorName(origin: string): string {
  return `${origin}/operator`;
}

/** The note text of an unfreeze: six lines, each with its line feed. */
export function formatUnfreeze({ origin, size, root, otherRoot, reason }: Unfreeze): string {
  const other = otherRoot === null ? "-" : base64(otherRoot);
  return `${HEAD}\n${origin}\n${size}\n${base64(root)}\n${other}\n${reason}\n`;
}

/** Parses the note text and refuses every form that `formatUnfreeze` would not write. */
export function parseUnfreeze(text: string): Unfreeze {
  const [head, origin = "", size = "", root = "", other = "", reason = "", ...rest] =
    text.split("\n");
  if (head !== HEAD || rest.length !== 1 || rest[0] !== "") {
    throw malformed(`six lines that begin with ${HEAD}`);
  }
  if (!isKeyName(origin)) throw malformed("an origin");
  if (!REASON.test(reason) || reason.trim() === "") {
    throw malformed("a reason of 1 to 200 printable characters");
  }
  if (other === root) throw malformed("another root than the one that stands");
  return {
    origin,
    size: parseCount(size, "a tree size"),
    root: parseHash(root),
    otherRoot: other === "-" ? null : parseHash(other),
    reason,
  };
}

/** Signs an unfreeze with the operator's key. */
export async function signUnfreeze(unfreeze: Unfreeze, operator: Signer): Promise<string> {
  const text = formatUnfreeze(unfreeze);
  const { origin } = parseUnfreeze(text);
  if (operator.name !== operatorName(origin)) throw malformed(`the key ${operatorName(origin)}`);
  return signNote(text, operator);
}

/**
 * Opens an unfreeze note of the log `origin`. It carries the operator's signature and no other: it is stored for
 * ever and served. Throws `LogFailure`: `unknown-key` and `bad-signature` for another signer, else `malformed` or
 * `too-large`.
 */
export async function openUnfreeze(
  note: string,
  by: { readonly origin: string; readonly operator: string },
  verify: Verify,
): Promise<Unfreeze> {
  const { text, signatures } = parseNote(note, UNFREEZE_BYTES_MAX);
  const unfreeze = parseUnfreeze(text);
  if (unfreeze.origin !== by.origin) throw malformed(`an unfreeze of ${by.origin}`);
  if (signatures.length !== 1) throw malformed("one signature");
  const { name, type } = parseVkey(by.operator);
  if (name !== operatorName(by.origin) || type !== ED25519_NOTE) {
    throw malformed(`a verifier key of ${operatorName(by.origin)}`);
  }
  await openNote(note, by.operator, verify, UNFREEZE_BYTES_MAX);
  return unfreeze;
}
