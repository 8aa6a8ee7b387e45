import { signerOf } from "@believe/host/keys";
import type { Signer } from "@believe/shared/wire/log";

function keyOf(name: string, fill: number): Signer {
  return signerOf(name, new Uint8Array(32).fill(fill));
}

/** Keys of the simulated agent: they prove nothing to anyone. */
export const keys = {
  journal: keyOf("world.example/j/broker", 1),
  status: keyOf("world.example/j/broker/status", 2),
};
