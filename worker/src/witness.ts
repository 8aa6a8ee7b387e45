import { fromBase64, webCryptoSigner } from "@believe/shared/base";
import type { Signer } from "@believe/shared/wire/log";
import { type Env, estateOf } from "./env.ts";

let held: { readonly seed: string; readonly signer: Promise<Signer> } | null = null;

async function signerOf(name: string, seed: string): Promise<Signer> {
  const { publicKey, sign } = await webCryptoSigner(crypto.subtle, fromBase64(seed));
  return { name, publicKey, sign };
}

/** The Worker's witness key, named `<dashboard domain>/witness`; it signs cosignatures and nothing else. */
export function witnessSigner(env: Pick<Env, "ESTATE" | "WITNESS_SEED">): Promise<Signer> {
  const seed = env.WITNESS_SEED;
  if (held?.seed !== seed) {
    held = { seed, signer: signerOf(`${estateOf(env).dashboard}/witness`, seed) };
  }
  return held.signer;
}
