import { createPublicKey, verify } from "node:crypto";
import { strictVerifier, type Verify } from "@believe/shared/base";

/** RFC 8410: what stands before the 32 bytes of an Ed25519 public key in SPKI DER. */
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");

/**
 * Strict Ed25519 over node:crypto. The strict verifier looks at the lengths first: node:crypto through DER takes
 * longer public keys and ignores what trails.
 */
export const verifyNode: Verify = strictVerifier((publicKey, message, signature) =>
  verify(
    null,
    message,
    createPublicKey({ key: Buffer.concat([SPKI_HEAD, publicKey]), format: "der", type: "spki" }),
    signature,
  ),
);
