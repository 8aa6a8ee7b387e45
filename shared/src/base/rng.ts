/**
 * A seeded generator for simulations and declared delays (sfc32, C. Doty-Humphrey's PractRand).
 * Never used for salts or keys: those come from the operating system only.
 */
export interface Rng {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, below). */
  below(below: number): number;
  /** A generator of its own whose stream does not depend on how much of this one was used. */
  fork(label: string): Rng;
}

function mix(text: string): [number, number, number] {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x85ebca6b);
    b = Math.imul(b ^ (code + i), 0xc2b2ae35);
    c = Math.imul(c ^ (code << 7), 0x27d4eb2f);
    a ^= b >>> 13;
    b ^= c >>> 16;
    c ^= a >>> 11;
  }
  return [a, b, c];
}

/** The same seed gives the same numbers on every runtime: integer operations only. */
export function seededRng(seed: string): Rng {
  let [a, b, c] = mix(seed);
  let counter = 1;
  const word = (): number => {
    const out = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + out;
    c |= 0;
    return out >>> 0;
  };
  for (let i = 0; i < 15; i++) word();
  const next = (): number => (word() >>> 5) / 0x8000000;
  return {
    next,
    below: (below) => Math.floor(next() * below),
    fork: (label) => seededRng(`${seed}/${label}`),
  };
}
