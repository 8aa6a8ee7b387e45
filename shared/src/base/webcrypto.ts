import { type Bytes, concat, fromBase64, fromHex } from "./bytes.ts";
import type { Sign, VerifyPrimitive } from "./ed25519.ts";
import { checkedSeed, KeyFailure } from "./key.ts";

/** The part of `crypto.subtle` that verification needs, typed by shape so that no runtime's globals are named. */
export interface SubtleVerify<Key> {
  importKey(
    format: "raw",
    keyData: Bytes,
    algorithm: { name: string },
    extractable: boolean,
    usages: "verify"[],
  ): Promise<Key>;
  verify(algorithm: { name: string }, key: Key, signature: Bytes, data: Bytes): Promise<boolean>;
}

/** The part of `crypto.subtle` that signing from a seed needs. */
export interface SubtleSign<Key> {
  importKey(
    format: "pkcs8",
    keyData: Bytes,
    algorithm: { name: string },
    extractable: boolean,
    usages: "sign"[],
  ): Promise<Key>;
  exportKey(format: "jwk", key: Key): Promise<unknown>;
  sign(algorithm: { name: string }, key: Key, data: Bytes): Promise<ArrayBuffer>;
}

const ED25519 = { name: "Ed25519" };
/** PKCS #8 (RFC 8410) up to the 32-byte seed. */
const PKCS8_HEAD = fromHex("302e020100300506032b657004220420");

/** WebCrypto as a primitive for `strictVerifier`, in Worker and browser. */
export function webCryptoVerifier<Key>(subtle: SubtleVerify<Key>): VerifyPrimitive {
  return async (publicKey, message, signature) => {
    const key = await subtle.importKey("raw", publicKey, ED25519, false, ["verify"]);
    return subtle.verify(ED25519, key, signature, message);
  };
}

function publicHalf(jwk: unknown): Bytes {
  const x = typeof jwk === "object" && jwk !== null && "x" in jwk ? jwk.x : null;
  if (typeof x !== "string") {
    throw new KeyFailure("not-a-key", "expected a public half in the exported key, was none");
  }
  return fromBase64(`${x.replaceAll("-", "+").replaceAll("_", "/")}=`);
}

/** Signs with WebCrypto from a 32-byte seed; refuses a wrong length and an all-zero seed. */
export async function webCryptoSigner<Key>(
  subtle: SubtleSign<Key>,
  seed: Uint8Array,
): Promise<{ readonly publicKey: Bytes; readonly sign: Sign }> {
  const pkcs8 = concat(PKCS8_HEAD, checkedSeed(seed));
  const key = await subtle.importKey("pkcs8", pkcs8, ED25519, true, ["sign"]);
  return {
    publicKey: publicHalf(await subtle.exportKey("jwk", key)),
    sign: async (message) =>
      new Uint8Array(await subtle.sign(ED25519, key, new Uint8Array(message))),
  };
}
