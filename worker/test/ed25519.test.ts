import { fromHex, strictVerifier } from "@believe/shared/base";
import { naclVerifier } from "@believe/shared/base/nacl";
import { describe, expect, inject, it } from "vitest";
import { verify } from "../src/middleware/signed.ts";

const cases = inject("ed25519Cases");
const absent = inject("ed25519Absent");

describe.skipIf(absent !== "")(`every Ed25519 vector has one verdict in workerd${absent}`, () => {
  for (const [primitive, verifier] of [
    ["WebCrypto, as the Worker is bound", verify],
    ["tweetnacl", strictVerifier(naclVerifier)],
  ] as const) {
    it(`with ${primitive}`, async () => {
      const wrong: string[] = [];
      for (const { id, key, message, signature, expected } of cases) {
        const verdict = await verifier(fromHex(key), fromHex(message), fromHex(signature));
        if (verdict !== expected) wrong.push(id);
      }
      expect(wrong).toEqual([]);
      expect(cases).toHaveLength(154);
    }, 30_000);
  }
});
