import { randomBytes } from "node:crypto";
import type { Bytes } from "@believe/shared/base";

export const SALT_BYTES = 16;
const SALTS_A_DRAW = 256;

/** Salts from the operating system's random source, drawn many at a time: a draw costs more than its bytes. */
export function osSalts(): () => Bytes {
  let pool = new Uint8Array(0);
  let at = 0;
  return () => {
    if (at === pool.length) {
      pool = new Uint8Array(randomBytes(SALT_BYTES * SALTS_A_DRAW));
      at = 0;
    }
    const salt = pool.slice(at, at + SALT_BYTES);
    pool.fill(0, at, at + SALT_BYTES);
    at += SALT_BYTES;
    return salt;
  };
}
