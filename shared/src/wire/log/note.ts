import {
  type Bytes,
  BytesFailure,
  base64,
  concat,
  fromBase64,
  type Sha256,
  type Sign,
  sha256,
  utf8,
  type Verify,
} from "@believe/shared/base";
import { LogFailure } from "./failure.ts";

/** Longest checkpoint note that is looked at, in UTF-8 bytes. */
export const NOTE_BYTES_MAX = 16 * 1024;
const SIGNATURES_MAX = 64;

/** Signature types of C2SP signed-note. */
export const ED25519_NOTE = 0x01;
export const ED25519_COSIGNATURE = 0x04;

/** A named signing key. Whoever holds `sign` holds the key. */
export interface Signer {
  readonly name: string;
  readonly publicKey: Bytes;
  readonly sign: Sign;
}

/** A verifier key: `<name>+<key id in hex>+<base64 of type and public key>`. */
export interface VerifierKey {
  readonly name: string;
  readonly keyId: number;
  readonly type: number;
  readonly publicKey: Bytes;
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  readonly signature: Bytes;
}

export interface Note {
  /** The signed text with its final line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

function malformed(expected: string): LogFailure {
  return new LogFailure("malformed", `expected ${expected}, was other text`);
}

/** Whether `name` may name a key: not empty, no Unicode space, no plus, no control character. */
export function isKeyName(name: string): boolean {
  return name !== "" && !/[\s+\p{Cc}\p{Zs}]/u.test(name);
}

/** uint32 big-endian of the first four bytes of SHA-256(name ‖ LF ‖ type ‖ public key). */
export function keyIdOf(
  name: string,
  publicKey: Uint8Array,
  type: number = ED25519_NOTE,
  hash: Sha256 = sha256,
): number {
  const digest = hash(concat(utf8(`${name}\n`), new Uint8Array([type]), publicKey));
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0);
}

export function vkeyOf(name: string, publicKey: Uint8Array, type: number = ED25519_NOTE): string {
  if (!isKeyName(name)) throw malformed("a key name without spaces and plus");
  const id = keyIdOf(name, publicKey, type).toString(16).padStart(8, "0");
  return `${name}+${id}+${base64(concat(new Uint8Array([type]), publicKey))}`;
}

/** Parses a verifier key of an Ed25519 type and checks its key id. */
export function parseVkey(vkey: string): VerifierKey {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(vkey);
  const [, name = "", id = "", key = ""] = match ?? [];
  if (!isKeyName(name)) throw malformed("a verifier key");
  const bytes = bytesOf(key);
  const type = bytes[0];
  const publicKey = bytes.slice(1);
  const known = type === ED25519_NOTE || type === ED25519_COSIGNATURE;
  if (type === undefined || !known || publicKey.length !== 32) {
    throw malformed("a verifier key of an Ed25519 type");
  }
  const keyId = Number.parseInt(id, 16);
  if (keyIdOf(name, publicKey, type) !== keyId) {
    throw malformed("a verifier key whose id is the hash of its parts");
  }
  return { name, keyId, type, publicKey };
}

function bytesOf(text: string): Bytes {
  try {
    return fromBase64(text);
  } catch (cause) {
    if (!(cause instanceof BytesFailure)) throw cause;
    throw malformed("canonical base64");
  }
}

/** One signature line with its line feed. `payload` is what follows the key id. */
export function signatureLine(name: string, keyId: number, payload: Uint8Array): string {
  const id = new Uint8Array(4);
  new DataView(id.buffer).setUint32(0, keyId);
  return `— ${name} ${base64(concat(id, payload))}\n`;
}

/** Parses one signature line without its line feed. */
export function parseSignatureLine(line: string): NoteSignature {
  const match = /^— ([^ ]+) ([A-Za-z0-9+/]+=*)$/.exec(line);
  const [, name = "", encoded = ""] = match ?? [];
  if (!isKeyName(name)) throw malformed("a signature line");
  const bytes = bytesOf(encoded);
  if (bytes.length < 5) throw malformed("a signature with a key id");
  const keyId = new DataView(bytes.buffer).getUint32(0);
  return { name, keyId, signature: bytes.slice(4) };
}

/** Signs `text` (which ends in a line feed) as a C2SP note with one signature of type 0x01. */
export async function signNote(text: string, signer: Signer): Promise<string> {
  checkText(text);
  const signature = await signer.sign(utf8(text));
  return `${text}\n${signatureLine(signer.name, keyIdOf(signer.name, signer.publicKey), signature)}`;
}

function checkText(text: string): void {
  if (!text.endsWith("\n")) throw malformed("a note text that ends in a line feed");
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 && code !== 0x0a) throw malformed("a note without control characters");
  }
  if (!text.isWellFormed()) throw malformed("a note of well-formed Unicode");
}

/** Splits a note at its last empty line. Nothing is verified yet: the text must not be believed. */
export function parseNote(note: string, maxBytes: number = NOTE_BYTES_MAX): Note {
  if (note.length > maxBytes || utf8(note).length > maxBytes) {
    throw new LogFailure("too-large", `expected a note of at most ${maxBytes} bytes, was more`);
  }
  checkText(note);
  const split = note.lastIndexOf("\n\n");
  if (split < 0) throw malformed("a note with an empty line before its signatures");
  const lines = note.slice(split + 2, -1).split("\n");
  if (lines.length > SIGNATURES_MAX) throw malformed(`at most ${SIGNATURES_MAX} signatures`);
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

/**
 * Verifies a note against one verifier key of type 0x01 and returns its text.
 * Signatures of other keys are ignored; one of this key that fails refuses the whole note.
 */
export async function openNote(
  note: string,
  vkey: string,
  verify: Verify,
  maxBytes: number = NOTE_BYTES_MAX,
): Promise<string> {
  const key = parseVkey(vkey);
  if (key.type !== ED25519_NOTE) throw malformed("a verifier key of type 0x01");
  const { text, signatures } = parseNote(note, maxBytes);
  const own = signatures.filter((s) => s.name === key.name && s.keyId === key.keyId);
  if (own.length === 0) {
    throw new LogFailure("unknown-key", `expected a signature by ${key.name}, was none`);
  }
  const message = utf8(text);
  for (const { signature } of own) {
    if (!(await verify(key.publicKey, message, signature))) {
      throw new LogFailure("bad-signature", `expected a signature by ${key.name}, was a false one`);
    }
  }
  return text;
}
