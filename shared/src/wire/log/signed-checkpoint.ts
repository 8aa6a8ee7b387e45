import { utf8Text, type Verify } from "@believe/shared/base";
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { openCosignature } from "./cosignature.ts";
import type { KnownKey, KnownKeys } from "./known-keys.ts";
import { placed, placedAsync, tampered } from "./log-source.ts";
import { type NoteSignature, openNote, parseNote } from "./note.ts";

/** A checkpoint whose signatures were checked against known keys. */
export interface CheckedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** The log's key that signed it. */
  readonly vkey: string;
  /** Known witnesses that cosigned it. */
  readonly cosignatures: readonly { readonly name: string; readonly timestampSeconds: number }[];
  /** Known witnesses that did not. */
  readonly missing: readonly string[];
  /** Names on signatures of keys that nobody told us of: ignored, as C2SP signed-note has it. */
  readonly unknown: readonly string[];
}

const sameKey = (line: NoteSignature, key: KnownKey): boolean =>
  line.name === key.name && line.keyId === key.keyId;

/**
 * Checks the log's signature and the cosignature of every known witness. A line that names a known key and carries
 * another id, or the id under another name, is refused: it is a damaged line or a key that was changed in silence.
 */
export async function openCheckpoint(
  note: string,
  keys: KnownKeys,
  verify: Verify,
): Promise<CheckedCheckpoint> {
  return placedAsync("checkpoint", async () => {
    const { text, signatures } = parseNote(note);
    const checkpoint = parseCheckpoint(text);
    const own = keys.notes.filter(({ name }) => name === checkpoint.origin);
    if (own.length === 0) {
      throw tampered("checkpoint", `expected a log whose key is known, was ${checkpoint.origin}`);
    }
    const known = [...own, ...keys.witnesses];
    const strange = signatures.filter((line) => !known.some((key) => sameKey(line, key)));
    for (const line of strange) refuseNearMiss(line, known);
    const signed = own.filter((key) => signatures.some((line) => sameKey(line, key)));
    for (const { vkey } of signed) await openNote(note, vkey, verify);
    const [signer] = signed;
    if (signer === undefined) {
      throw tampered("checkpoint", `expected a signature by ${checkpoint.origin}, was none`);
    }
    return {
      checkpoint,
      vkey: signer.vkey,
      ...(await witnessed(note, signatures, keys, verify)),
      unknown: strange.map(({ name }) => name),
    };
  });
}

function refuseNearMiss(line: NoteSignature, known: readonly KnownKey[]): void {
  const near = known.find(({ name, keyId }) => name === line.name || keyId === line.keyId);
  if (near === undefined) return;
  const id = (value: number): string => value.toString(16).padStart(8, "0");
  throw tampered(
    "checkpoint",
    `expected the key ${id(near.keyId)} of ${near.name}, was ${id(line.keyId)} of ${line.name}: a key was changed`,
  );
}

async function witnessed(
  note: string,
  signatures: readonly NoteSignature[],
  { witnesses }: KnownKeys,
  verify: Verify,
): Promise<Pick<CheckedCheckpoint, "cosignatures" | "missing">> {
  const cosignatures: { name: string; timestampSeconds: number }[] = [];
  const missing: string[] = [];
  for (const key of witnesses) {
    if (!signatures.some((line) => sameKey(line, key))) {
      missing.push(key.name);
      continue;
    }
    const { timestampSeconds } = await openCosignature(note, key.vkey, verify);
    cosignatures.push({ name: key.name, timestampSeconds });
  }
  // One known witness may lag a few seconds behind; none at all is a checkpoint that only its log vouches for.
  if (witnesses.length > 0 && cosignatures.length === 0) {
    throw tampered("checkpoint", `expected a cosignature by ${missing.join(" or ")}, was none`);
  }
  return { cosignatures, missing };
}

/** The origin that a served checkpoint claims, before anything of it is believed: to look its keys up. */
export function noteOrigin(bytes: Uint8Array): string {
  return placed("checkpoint", () => parseCheckpoint(parseNote(utf8Text(bytes)).text).origin);
}
