import { fromHex, strictVerifier, webCryptoVerifier } from "@believe/shared/base";
import { naclVerifier } from "@believe/shared/base/nacl";
import type { Ed25519Case } from "../../ed25519-cases.ts";

const verifiers = {
  WebCrypto: strictVerifier(webCryptoVerifier(crypto.subtle)),
  tweetnacl: strictVerifier(naclVerifier),
} as const;

/** Ids of the cases whose verdict in this browser is not the expected one, by primitive. */
async function wrongVerdicts(cases: readonly Ed25519Case[]): Promise<Record<string, string[]>> {
  const wrong: Record<string, string[]> = {};
  for (const [name, verify] of Object.entries(verifiers)) {
    const ids: string[] = [];
    for (const { id, key, message, signature, expected } of cases) {
      if ((await verify(fromHex(key), fromHex(message), fromHex(signature))) !== expected)
        ids.push(id);
    }
    wrong[name] = ids;
  }
  return wrong;
}

// The test calls it by name from outside.
Object.assign(globalThis, { wrongVerdicts });
