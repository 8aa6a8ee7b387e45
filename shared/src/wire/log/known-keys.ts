import { placed, tampered } from "./log-source.ts";
import { ED25519_NOTE, parseVkey, type VerifierKey } from "./note.ts";

/** A verifier key with the text that states it. */
export interface KnownKey extends VerifierKey {
  readonly vkey: string;
}

/** The keys that a verifier believes: from a keys file, or pinned at an earlier visit. */
export interface KnownKeys {
  /** Type 0x01: a log's, whose name is its origin; also those of status documents, which sign no checkpoint. */
  readonly notes: readonly KnownKey[];
  /** Type 0x04: witnesses. */
  readonly witnesses: readonly KnownKey[];
}

/** Sorts verifier keys by what they may sign. */
export function knownKeys(vkeys: readonly string[]): KnownKeys {
  const all = [...new Set(vkeys)].map((vkey): KnownKey => ({ ...parseVkey(vkey), vkey }));
  return {
    notes: all.filter(({ type }) => type === ED25519_NOTE),
    witnesses: all.filter(({ type }) => type !== ED25519_NOTE),
  };
}

/** Parses a keys file: one verifier key a line; `#` begins a comment. A finding names the line. */
export function parseKeysFile(text: string): KnownKeys {
  const vkeys: string[] = [];
  for (const [i, raw] of text.split("\n").entries()) {
    const line = raw.replace(/(^|\s)#.*$/, "").trim();
    if (line === "") continue;
    placed(`keys file line ${i + 1}`, () => parseVkey(line));
    vkeys.push(line);
  }
  const keys = knownKeys(vkeys);
  if (keys.notes.length === 0) throw tampered("keys file", "expected a log's key, was none");
  return keys;
}

/** A key as a person compares it: name, key id and the 32 bytes in groups. */
export function fingerprintOf({ name, keyId, publicKey }: VerifierKey): string {
  const digits = [...publicKey].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const id = keyId.toString(16).padStart(8, "0");
  return `${name}  id ${id}  key ${digits.match(/.{8}/g)?.join(" ") ?? ""}`;
}
