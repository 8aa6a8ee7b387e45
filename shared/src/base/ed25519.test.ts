import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Bytes, fromHex, utf8 } from "./bytes.ts";
import { strictVerifier } from "./ed25519.ts";
import { KeyFailure } from "./key.ts";
import { keyPairFromSeed, naclVerifier, signWithSeed } from "./nacl.ts";

const seed = new Uint8Array(32).fill(7);
const { publicKey } = keyPairFromSeed(seed);
const message = utf8("a fill");
const signature = signWithSeed(seed, message);
const verify = strictVerifier(naclVerifier);
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const PRIME = 2n ** 255n - 19n;

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

function bytesOf(value: bigint): Bytes {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
}

/** The same signature with S + k·L: valid to verifiers that do not check S. */
function malleated(k: bigint): Bytes {
  const s = bytesOf(numberOf(signature.subarray(32)) + k * ORDER);
  return new Uint8Array([...signature.subarray(0, 32), ...s]);
}

describe("the strict verifier", () => {
  test("accepts what an honest key signed", async () => {
    expect(await verify(publicKey, message, signature)).toBe(true);
  });

  test("refuses S + kL although its primitive accepts it", async () => {
    for (const k of [1n, 2n, 7n, 8n, 14n]) {
      expect(await naclVerifier(publicKey, message, malleated(k)), `primitive, k = ${k}`).toBe(
        true,
      );
      expect(await verify(publicKey, message, malleated(k)), `k = ${k}`).toBe(false);
    }
  });

  test("refuses keys and R that are not canonical or of small order, whatever the primitive says", async () => {
    const yes = strictVerifier(() => true);
    const points = [0n, 1n, PRIME - 1n, PRIME, PRIME + 1n, PRIME + 18n].map(bytesOf);
    points.push(fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"));
    points.push(fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"));
    for (const y of points) {
      for (const sign of [0, 0x80]) {
        const point = y.slice();
        point[31] = (point[31] ?? 0) | sign;
        const withR = new Uint8Array([...point, ...signature.subarray(32)]);
        expect(await yes(point, message, signature)).toBe(false);
        expect(await yes(publicKey, message, withR)).toBe(false);
      }
    }
    const zeroS = new Uint8Array([...signature.subarray(0, 32), ...bytesOf(ORDER)]);
    expect(await yes(publicKey, message, zeroS)).toBe(false);
    expect(await yes(publicKey, message, signature)).toBe(true);
  });

  test("refuses other lengths before the primitive sees them", async () => {
    const yes = strictVerifier(() => true);
    for (const length of [0, 31, 33, 64]) {
      expect(await yes(new Uint8Array(length).fill(3), message, signature)).toBe(false);
    }
    for (const length of [0, 63, 65, 128]) {
      expect(await yes(publicKey, message, new Uint8Array(length).fill(3))).toBe(false);
    }
  });

  test("never throws and never accepts a changed byte", async () => {
    const changed = fc.tuple(
      fc.nat(32 + 64 + message.length - 1),
      fc.integer({ min: 1, max: 255 }),
    );
    await fc.assert(
      fc.asyncProperty(changed, async ([at, by]) => {
        const all = new Uint8Array([...publicKey, ...signature, ...message]);
        all[at] = (all[at] ?? 0) ^ by;
        expect(await verify(all.slice(0, 32), all.slice(96), all.slice(32, 96))).toBe(false);
      }),
      { numRuns: 50 },
    );
    const throws = strictVerifier(() => {
      throw new Error("expected a point of the curve");
    });
    expect(await throws(publicKey, message, signature)).toBe(false);
  });
});

describe("a key pair", () => {
  test("comes from 32 random bytes and nothing else", () => {
    for (const bad of [
      new Uint8Array(32),
      new Uint8Array(31).fill(1),
      new Uint8Array(64).fill(1),
    ]) {
      expect(() => keyPairFromSeed(bad)).toThrow(KeyFailure);
      expect(() => signWithSeed(bad, message)).toThrow(KeyFailure);
    }
  });
});
