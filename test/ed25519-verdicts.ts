/**
 * Gives the verdict of each strict verifier that a Node has on the cases of standard input, as JSON. A program of its
 * own, so that it runs on whichever Node starts it.
 */
import { webcrypto } from "node:crypto";
import { json } from "node:stream/consumers";
import { verifyNode } from "@believe/host/keys";
import { fromHex, strictVerifier, type Verify, webCryptoVerifier } from "@believe/shared/base";
import { naclVerifier } from "@believe/shared/base/nacl";
import { z } from "zod";

const input = z.array(z.object({ key: z.string(), message: z.string(), signature: z.string() }));

const verifiers: Readonly<Record<string, Verify>> = {
  "node:crypto": verifyNode,
  WebCrypto: strictVerifier(webCryptoVerifier(webcrypto.subtle)),
  tweetnacl: strictVerifier(naclVerifier),
};

const cases = input.parse(await json(process.stdin));
const verdicts: Record<string, boolean[]> = {};
for (const [name, verify] of Object.entries(verifiers)) {
  const given: boolean[] = [];
  for (const { key, message, signature } of cases) {
    given.push(await verify(fromHex(key), fromHex(message), fromHex(signature)));
  }
  verdicts[name] = given;
}
process.stdout.write(JSON.stringify({ node: process.versions.node, verdicts }));
