import { createPublicKey, verify } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromBase64, strictVerifier, utf8 } from "@believe/shared/base";
import { naclVerifier } from "@believe/shared/base/nacl";
import { signatureBase } from "@believe/shared/wire";
import { expect, it } from "vitest";
import { z } from "zod";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = process.env["BELIEVE_VECTORS"] ?? `${root}../shared/vectors`;
const file = `${folder}/http/rfc9421_b26_ed25519.json`;
const vector = z.object({
  public_key_spki_b64: z.string(),
  signature_base: z.string(),
  signature_b64: z.string(),
});

it.skipIf(!existsSync(file))(
  "builds the signature base of RFC 9421 B.2.6 and verifies its signature (needs BELIEVE_VECTORS)",
  async () => {
    const given = vector.parse(JSON.parse(readFileSync(file, "utf8")));
    const base = signatureBase(
      [
        ["date", "Tue, 20 Apr 2021 02:07:55 GMT"],
        ["@method", "POST"],
        ["@path", "/foo"],
        ["@authority", "example.com"],
        ["content-type", "application/json"],
        ["content-length", "18"],
      ],
      '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
    );
    expect(base).toBe(given.signature_base);
    const spki = fromBase64(given.public_key_spki_b64);
    const signature = fromBase64(given.signature_b64);
    const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
    expect(verify(null, utf8(base), key, signature)).toBe(true);
    const strict = strictVerifier(naclVerifier);
    expect(await strict(spki.slice(-32), utf8(base), signature)).toBe(true);
    expect(await strict(spki.slice(-32), utf8(`${base} `), signature)).toBe(false);
  },
);
