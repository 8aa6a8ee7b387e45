import { type Bytes, fromHex, utf8, webCryptoVerifier } from "@believe/shared/base";
import { expect, it } from "vitest";
import { verify } from "../src/middleware/signed.ts";
import { testSigner } from "./agents.ts";

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const PRIME = 2n ** 255n - 19n;
const message = utf8("a checkpoint");

const numberOf = (bytes: Bytes): bigint =>
  bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
const bytesOf = (value: bigint): Bytes =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));

async function signed(): Promise<{ key: Bytes; r: Bytes; s: Bytes }> {
  const { publicKey, sign } = await testSigner("a key", 11);
  const signature = await sign(message);
  return { key: publicKey, r: signature.slice(0, 32), s: signature.slice(32) };
}

const join = (r: Bytes, s: Bytes): Bytes => new Uint8Array([...r, ...s]);

it("accepts in workerd what an honest key signed, and no changed byte", async () => {
  const { key, r, s } = await signed();
  expect(await verify(key, message, join(r, s))).toBe(true);
  for (let at = 0; at < 64; at++) {
    const changed = join(r, s);
    changed[at] = (changed[at] ?? 0) ^ 4;
    expect(await verify(key, message, changed)).toBe(false);
  }
  expect(await verify(key, utf8("a checkpoinT"), join(r, s))).toBe(false);
});

it("refuses in workerd S + kL", async () => {
  const { key, r, s } = await signed();
  for (const k of [1n, 2n, 7n, 8n, 14n]) {
    expect(await verify(key, message, join(r, bytesOf(numberOf(s) + k * ORDER)))).toBe(false);
  }
});

it("refuses in workerd odd points and lengths without an exception", async () => {
  const { key, r, s } = await signed();
  const points = [0n, 1n, PRIME - 1n, PRIME, PRIME + 1n, PRIME + 18n].map(bytesOf);
  points.push(fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"));
  points.push(fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"));
  for (const y of points) {
    for (const sign of [0, 0x80]) {
      const point = y.slice();
      point[31] = (point[31] ?? 0) | sign;
      expect(await verify(point, message, join(r, s))).toBe(false);
      expect(await verify(key, message, join(point, s))).toBe(false);
      expect(await verify(point, message, join(point, bytesOf(0n)))).toBe(false);
    }
  }
  for (const other of [new Uint8Array(0), key.slice(1), new Uint8Array([...key, 0])]) {
    expect(await verify(other, message, join(r, s))).toBe(false);
  }
  for (const other of [new Uint8Array(0), r, new Uint8Array([...r, ...s, 0])]) {
    expect(await verify(key, message, other)).toBe(false);
  }
});

it("needs the guard: workerd alone takes a key of small order", async () => {
  const primitive = webCryptoVerifier(crypto.subtle);
  const identity = bytesOf(1n);
  const forged = join(identity, bytesOf(0n));
  const alone = await primitive(identity, message, forged);
  expect([alone, await verify(identity, message, forged)]).toEqual([true, false]);
});
