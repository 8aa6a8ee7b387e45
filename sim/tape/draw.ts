import type { Rng } from "@believe/shared/base";

const CELLS = 256;

/**
 * Quantiles of the exponential distribution with mean 1, as expected order statistics (Rényi):
 * sums of reciprocals only, so every runtime has the same last bit, which `Math.log` does not promise.
 */
const EXPONENTIAL: readonly number[] = (() => {
  const cells: number[] = [];
  let sum = 0;
  for (let i = 0; i < CELLS; i++) {
    sum += 1 / (CELLS - i);
    cells.push(sum);
  }
  return cells;
})();

/** A waiting time with mean 1. */
export function waiting(rng: Rng): number {
  return EXPONENTIAL[rng.below(CELLS)] ?? 1;
}

/** Bell-shaped with mean 0 and deviation 1: four uniforms, so it never exceeds 3.5. */
export function bell(rng: Rng): number {
  return (rng.next() + rng.next() + rng.next() + rng.next() - 2) * 1.7320508075688772;
}

/** An integer from 1 to `most`, mostly small. */
export function skewed(rng: Rng, most: number): number {
  const u = rng.next();
  return 1 + Math.floor(u * u * u * u * most);
}
