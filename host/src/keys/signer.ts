import { createPrivateKey, createPublicKey, sign as signBytes } from "node:crypto";
import { type Bytes, checkedSeed } from "@believe/shared/base";
import type { Signer } from "@believe/shared/wire/log";

/** RFC 8410: what stands before the 32 bytes of an Ed25519 seed in PKCS #8 DER. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/** A signed-note signer under `name`; the seed stays inside. Signatures are deterministic (RFC 8032). */
export function signerOf(name: string, seed: Uint8Array): Signer {
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, checkedSeed(seed)]),
    format: "der",
    type: "pkcs8",
  });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  const publicKey: Bytes = new Uint8Array(spki.subarray(spki.length - 32));
  return {
    name,
    publicKey,
    sign: (message) => new Uint8Array(signBytes(null, message, key)),
  };
}
