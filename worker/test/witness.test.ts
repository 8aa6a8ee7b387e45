import { env } from "cloudflare:workers";
import { fromBase64, utf8 } from "@believe/shared/base";
import { keyPairFromSeed, signWithSeed } from "@believe/shared/base/nacl";
import { expect, it } from "vitest";
import { witnessSigner } from "../src/witness.ts";

it("signs as the witness of this dashboard, with the bytes that another implementation makes", async () => {
  const signer = await witnessSigner(env);
  const seed = fromBase64(env.WITNESS_SEED);
  expect(signer.name).toBe("log.example.test/witness");
  expect(signer.publicKey).toEqual(keyPairFromSeed(seed).publicKey);
  expect(await signer.sign(utf8("text\n"))).toEqual(signWithSeed(seed, utf8("text\n")));
});
