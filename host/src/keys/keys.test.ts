import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256, utf8 } from "@believe/shared/base";
import { keyPairFromSeed, signWithSeed } from "@believe/shared/base/nacl";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  KeyFileFailure,
  loadOrCreateSeed,
  newSeed,
  nodeSha256,
  signerOf,
  verifyNode,
} from "./index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keys-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a seed file", () => {
  test("is made once, for its owner alone, and read back", () => {
    const file = join(folder, "deep", "journal.seed");
    const seed = loadOrCreateSeed(file);
    expect(seed).toHaveLength(32);
    expect(loadOrCreateSeed(file)).toEqual(seed);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, "deep"))).toEqual(["journal.seed"]);
  });

  test.each([
    ["a 64-byte secret", 64, "was 64 bytes"],
    ["a short one", 31, "was 31 bytes"],
    ["an empty one, as an older crash may leave", 0, "was 0 bytes"],
  ])("%s is refused", (_, length, said) => {
    const file = join(folder, "bad.seed");
    writeFileSync(file, Buffer.alloc(length, 7), { mode: 0o600 });
    expect(() => loadOrCreateSeed(file)).toThrow(KeyFileFailure);
    expect(() => loadOrCreateSeed(file)).toThrow(said);
  });

  test("an all-zero seed is refused", () => {
    const file = join(folder, "zero.seed");
    writeFileSync(file, Buffer.alloc(32), { mode: 0o600 });
    expect(() => loadOrCreateSeed(file)).toThrow("was all zero");
    expect(() => signerOf("x", new Uint8Array(32))).toThrow("was all zero");
  });

  test.skipIf(process.platform === "win32")("one that others may read is refused", () => {
    const file = join(folder, "open.seed");
    loadOrCreateSeed(file);
    chmodSync(file, 0o640);
    expect(() => loadOrCreateSeed(file)).toThrow("with mode 600, was 640");
  });
});

describe("signing with node:crypto", () => {
  test("makes the same keys and bytes as tweetnacl, which the strict verifier takes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (message) => {
        const seed = newSeed();
        const signer = signerOf("log.example/j/broker", seed);
        const signature = await signer.sign(message);
        expect(signer.publicKey).toEqual(keyPairFromSeed(seed).publicKey);
        expect(signature).toEqual(signWithSeed(seed, message));
        expect(await verifyNode(signer.publicKey, message, signature)).toBe(true);
        signature[0] = (signature[0] ?? 0) ^ 1;
        expect(await verifyNode(signer.publicKey, message, signature)).toBe(false);
      }),
      { numRuns: 10 },
    );
  });

  test("keys and signatures with bytes behind them are refused", async () => {
    const signer = signerOf("x", newSeed());
    const message = utf8("text");
    const signature = await signer.sign(message);
    const longer = (bytes: Uint8Array): Uint8Array => new Uint8Array([...bytes, 0]);
    expect(await verifyNode(longer(signer.publicKey), message, signature)).toBe(false);
    expect(await verifyNode(signer.publicKey, message, longer(signature))).toBe(false);
  });

  test("hashes as the pure SHA-256 does", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
        expect(nodeSha256(data)).toEqual(sha256(data));
      }),
    );
  });
});
