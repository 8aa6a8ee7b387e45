import type { WitnessPost } from "@believe/host/push";
import {
  cosign,
  ED25519_COSIGNATURE,
  parseAddCheckpoint,
  parseNote,
  type Signer,
  vkeyOf,
} from "@believe/shared/wire/log";

/** A witness in this process that cosigns what it is shown: only what its word costs the edge is looked at. */
export function witnessHere(signer: Signer): WitnessPost {
  return {
    vkey: vkeyOf(signer.name, signer.publicKey, ED25519_COSIGNATURE),
    path: "/add-checkpoint",
    client: {
      post: async (_path, body) => {
        const { text } = parseNote(parseAddCheckpoint(String(body)).note);
        const line = await cosign(text, signer, Math.floor(Date.now() / 1000));
        return { status: 200, headers: {}, text: line };
      },
    },
  };
}
