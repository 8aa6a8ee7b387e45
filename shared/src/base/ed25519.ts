import type { Bytes } from "./bytes.ts";

/** What a runtime offers: an Ed25519 verification (RFC 8032) that may be lax about encodings. */
export type VerifyPrimitive = (
  publicKey: Bytes,
  message: Bytes,
  signature: Bytes,
) => boolean | Promise<boolean>;

/** The one verdict of the estate. Never throws, whatever the bytes are. */
export type Verify = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => Promise<boolean>;

/** Signs `message` with Ed25519; 64 bytes. */
export type Sign = (message: Uint8Array) => Bytes | Promise<Bytes>;

/** 32 little-endian bytes from most significant pairs, for constants that papers print big-endian. */
function littleEndian(hexText: string): Bytes {
  const out = new Uint8Array(32);
  for (let i = 0; i < 32; i++) out[31 - i] = Number.parseInt(hexText.slice(2 * i, 2 * i + 2), 16);
  return out;
}

/** The group order L = 2^252 + 27742317777372353535851937790883648493 (RFC 8032 section 5.1). */
const ORDER = littleEndian("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
/** The field prime p = 2^255 − 19. */
const PRIME = littleEndian("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
/** The canonical y coordinates of the eight points of small order; the sign bit of x does not matter. */
const SMALL_ORDER_Y = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000001",
  "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec",
  "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7",
  "05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826",
].map(littleEndian);

function isBelow(value: Uint8Array, limit: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const a = value[i] as number;
    const b = limit[i] as number;
    if (a !== b) return a < b;
  }
  return false;
}

/** Whether 32 bytes encode y canonically (y < p) and y belongs to no point of small order. */
function isStrictPoint(point: Uint8Array): boolean {
  const y = point.slice();
  y[31] = (y[31] as number) & 0x7f;
  return (
    isBelow(y, PRIME) && !SMALL_ORDER_Y.some((small) => small.every((byte, i) => byte === y[i]))
  );
}

/**
 * Makes one strict verdict out of any runtime's primitive: lengths 32 and 64, S < L, and both the key A and R
 * canonical and not of small order. Equals libsodium's verdict on every Wycheproof case, so a signature that
 * one of our verifiers accepts is accepted by all (S + L, odd keys and trailing key bytes are refused first).
 */
export function strictVerifier(primitive: VerifyPrimitive): Verify {
  return async (publicKey, message, signature) => {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    const key = new Uint8Array(publicKey);
    const signed = new Uint8Array(signature);
    if (!isBelow(signed.subarray(32), ORDER)) return false;
    if (!isStrictPoint(key) || !isStrictPoint(signed.subarray(0, 32))) return false;
    try {
      return (await primitive(key, new Uint8Array(message), signed)) === true;
    } catch {
      // Runtimes throw for keys that are no curve point; for the caller that is a refusal like any other.
      return false;
    }
  };
}
