import nacl from "tweetnacl";
import type { Bytes } from "./bytes.ts";
import type { VerifyPrimitive } from "./ed25519.ts";
import { checkedSeed } from "./key.ts";

/** The key pair of a 32-byte seed. Refuses a wrong length (a 64-byte secret too) and an all-zero seed. */
export function keyPairFromSeed(seed: Uint8Array): { readonly publicKey: Bytes } {
  return { publicKey: new Uint8Array(nacl.sign.keyPair.fromSeed(checkedSeed(seed)).publicKey) };
}

/** Signs in pure JavaScript, 3 to 9 ms: for tests and for proving that other signers give the same bytes. */
export function signWithSeed(seed: Uint8Array, message: Uint8Array): Bytes {
  const { secretKey } = nacl.sign.keyPair.fromSeed(checkedSeed(seed));
  return new Uint8Array(nacl.sign.detached(new Uint8Array(message), secretKey));
}

/** A primitive where no other is there; accepts malleable signatures, so only ever inside `strictVerifier`. */
export const naclVerifier: VerifyPrimitive = (publicKey, message, signature) =>
  nacl.sign.detached.verify(message, signature, publicKey);
