import type { Rng } from "@believe/shared/base";

/** One thing that the agent does. */
export type Step =
  | { readonly kind: "append"; readonly records: number }
  | { readonly kind: "seal" }
  | { readonly kind: "push" }
  | { readonly kind: "replicate" }
  | { readonly kind: "restart" };

const MINUTES = 3;

/** Some minutes of work with a clean restart among them, another for every seed. */
export function scriptOf(rng: Rng): Step[] {
  const steps: Step[] = [];
  const restartIn = rng.below(MINUTES);
  for (let minute = 0; minute < MINUTES; minute++) {
    for (let group = rng.below(3); group > 0; group--) {
      steps.push({ kind: "append", records: 1 + rng.below(4) });
    }
    steps.push({ kind: "seal" });
    if (rng.below(4) > 0) steps.push({ kind: "push" });
    if (rng.below(4) > 0) steps.push({ kind: "replicate" });
    if (minute === restartIn) steps.push({ kind: "restart" });
  }
  return steps;
}
