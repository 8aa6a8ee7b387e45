import type { Bytes } from "./bytes.ts";

/** SHA-256 of `data`, 32 bytes. Injectable: `crypto.hash` in Node, the pure one elsewhere. */
export type Sha256 = (data: Uint8Array) => Bytes;

/** First 32 bits of the fractional parts of `root(prime)`; FIPS 180-4 defines all constants this way. */
function fractions(count: number, root: (prime: number) => number): Int32Array {
  const out = new Int32Array(count);
  let found = 0;
  for (let n = 2; found < count; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
    if (!prime) continue;
    const value = root(n);
    out[found++] = ((value - Math.floor(value)) * 0x1_0000_0000) | 0;
  }
  return out;
}

const START = fractions(8, Math.sqrt);
const K = fractions(64, Math.cbrt);
const words = new Int32Array(64);
/** Used again by every call: a hash of a few blocks would otherwise pay more for its memory than for itself. */
const state = new Int32Array(8);
const tail = new Uint8Array(128);

function schedule(): void {
  for (let t = 16; t < 64; t++) {
    const w15 = words[t - 15] as number;
    const w2 = words[t - 2] as number;
    const s0 = ((w15 >>> 7) | (w15 << 25)) ^ ((w15 >>> 18) | (w15 << 14)) ^ (w15 >>> 3);
    const s1 = ((w2 >>> 17) | (w2 << 15)) ^ ((w2 >>> 19) | (w2 << 13)) ^ (w2 >>> 10);
    words[t] = ((words[t - 16] as number) + s0 + (words[t - 7] as number) + s1) | 0;
  }
}

/** The word of round `t`, the round's constant, and what e, f and g add. */
function upper(t: number, e: number, f: number, g: number): number {
  const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
  return (s1 + (g ^ (e & (f ^ g))) + (K[t] as number) + (words[t] as number)) | 0;
}

function lower(a: number, b: number, c: number): number {
  const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
  return (s0 + ((a & b) | (c & (a | b)))) | 0;
}

/** Mixes one 64-byte block that lies big-endian in `words[0..15]` into `state`. Four rounds a turn, so that few values move. */
function mix(): void {
  schedule();
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let t = 0; t < 64; t += 4) {
    const h1 = (h + upper(t, e, f, g)) | 0;
    const d1 = (d + h1) | 0;
    const h2 = (h1 + lower(a, b, c)) | 0;
    const g1 = (g + upper(t + 1, d1, e, f)) | 0;
    const c1 = (c + g1) | 0;
    const g2 = (g1 + lower(h2, a, b)) | 0;
    const f1 = (f + upper(t + 2, c1, d1, e)) | 0;
    const b1 = (b + f1) | 0;
    const f2 = (f1 + lower(g2, h2, a)) | 0;
    const e1 = (e + upper(t + 3, b1, c1, d1)) | 0;
    e = (a + e1) | 0;
    a = (e1 + lower(f2, g2, h2)) | 0;
    b = f2;
    c = g2;
    d = h2;
    f = b1;
    g = c1;
    h = d1;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
}

function load(data: Uint8Array, from: number): void {
  for (let i = 0, at = from; i < 16; i++, at += 4) {
    words[i] =
      ((data[at] as number) << 24) |
      ((data[at + 1] as number) << 16) |
      ((data[at + 2] as number) << 8) |
      (data[at + 3] as number);
  }
}

function putWord(into: Uint8Array, at: number, word: number): void {
  into[at] = word >>> 24;
  into[at + 1] = word >>> 16;
  into[at + 2] = word >>> 8;
  into[at + 3] = word;
}

/** The pure, synchronous SHA-256 (FIPS 180-4): for the many small hashes of a tree where no runtime offers a synchronous one. */
export const sha256: Sha256 = (data) => {
  state.set(START);
  const whole = data.length - (data.length % 64);
  for (let at = 0; at < whole; at += 64) {
    load(data, at);
    mix();
  }
  const rest = data.length - whole;
  const end = rest < 56 ? 64 : 128;
  tail.fill(0);
  tail.set(data.subarray(whole));
  tail[rest] = 0x80;
  putWord(tail, end - 8, Math.floor(data.length / 0x2000_0000));
  putWord(tail, end - 4, data.length << 3);
  for (let at = 0; at < end; at += 64) {
    load(tail, at);
    mix();
  }
  const out = new Uint8Array(32);
  for (let i = 0; i < 8; i++) putWord(out, 4 * i, state[i] as number);
  return out;
};
