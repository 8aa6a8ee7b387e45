import { type Bytes, concat, utf8, type Verify } from "@believe/shared/base";
import { LogFailure } from "./failure.ts";
import {
  ED25519_COSIGNATURE,
  keyIdOf,
  parseNote,
  parseVkey,
  type Signer,
  signatureLine,
} from "./note.ts";

/** What a cosigner signs: it saw this checkpoint at this time and it was consistent with all before. */
function message(checkpointText: string, timestampSeconds: number): Bytes {
  return utf8(`cosignature/v1\ntime ${timestampSeconds}\n${checkpointText}`);
}

/** One C2SP cosignature/v1 line (type 0x04) with its line feed. */
export async function cosign(
  checkpointText: string,
  signer: Signer,
  timestampSeconds: number,
): Promise<string> {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, BigInt(timestampSeconds));
  const signature = await signer.sign(message(checkpointText, timestampSeconds));
  const keyId = keyIdOf(signer.name, signer.publicKey, ED25519_COSIGNATURE);
  return signatureLine(signer.name, keyId, concat(time, signature));
}

/** Verifies the cosignature of `vkey` (type 0x04) on a note; the newest time counts if it signed twice. */
export async function openCosignature(
  note: string,
  vkey: string,
  verify: Verify,
): Promise<{ readonly text: string; readonly timestampSeconds: number }> {
  const key = parseVkey(vkey);
  if (key.type !== ED25519_COSIGNATURE) {
    throw new LogFailure("malformed", "expected a verifier key of type 0x04, was another type");
  }
  const { text, signatures } = parseNote(note);
  let newest = -1;
  for (const { name, keyId, signature } of signatures) {
    if (name !== key.name || keyId !== key.keyId) continue;
    const time = timeOf(signature);
    if (time < 0 || !(await verify(key.publicKey, message(text, time), signature.slice(8)))) {
      throw new LogFailure("bad-signature", `expected a cosignature by ${name}, was a false one`);
    }
    newest = Math.max(newest, time);
  }
  if (newest < 0) {
    throw new LogFailure("unknown-key", `expected a cosignature by ${key.name}, was none`);
  }
  return { text, timestampSeconds: newest };
}

/** The timestamp in seconds, −1 where the bytes hold none that a number can carry. */
function timeOf(signature: Bytes): number {
  if (signature.length !== 72) return -1;
  const time = Number(new DataView(signature.buffer).getBigUint64(0));
  return Number.isSafeInteger(time) ? time : -1;
}
