import type { Bytes } from "./bytes.ts";
import { Failure } from "./failure.ts";

export class KeyFailure extends Failure<"not-a-seed" | "not-a-key"> {}

/**
 * A private key is a 32-byte seed and nothing else: a 64-byte secret whose public half is wrong would leak the key.
 * Throws `KeyFailure` for another length and for an all-zero seed; returns a copy.
 */
export function checkedSeed(seed: Uint8Array): Bytes {
  if (seed.length !== 32) {
    throw new KeyFailure("not-a-seed", `expected a 32-byte seed, was ${seed.length} bytes`);
  }
  if (seed.every((byte) => byte === 0)) {
    throw new KeyFailure("not-a-seed", "expected a random seed, was all zero bytes");
  }
  return new Uint8Array(seed);
}
