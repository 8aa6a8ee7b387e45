import { signerOf } from "@believe/host/keys";
import type { Signer } from "@believe/shared/wire/log";
import { journalKey, ORIGIN } from "../../test/sim/crash/edge.ts";

function keyOf(name: string, fill: number): Signer {
  return signerOf(name, new Uint8Array(32).fill(fill));
}

/** Keys of the simulated agent: they prove nothing to anyone. */
export const keys = { journal: journalKey, status: keyOf(`${ORIGIN}/status`, 2) };
