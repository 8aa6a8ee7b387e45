import type { PlannedFault } from "./plan.ts";
import { planOf, type Violation, World, type WorldOptions } from "./world.ts";

/** The smallest world found in which the same invariant fails. */
export interface Shrunk {
  readonly steps: number;
  readonly plan: readonly PlannedFault[];
  readonly violation: Violation;
}

/** Cuts the steps behind the violation, then leaves out faults, many at first, while the same invariant fails. */
export function shrink(options: Omit<WorldOptions, "plan" | "trace">): Shrunk | null {
  const run = (steps: number, plan: readonly PlannedFault[]): Violation | null =>
    new World({ ...options, steps, plan }).run().violation;
  const whole = planOf(options);
  const found = run(options.steps, whole);
  if (found === null) return null;
  const pass = (from: Shrunk): Shrunk => {
    let best = from;
    for (let size = (best.plan.length + 1) >> 1; size >= 1; size >>= 1) {
      for (let at = 0; at < best.plan.length; ) {
        const plan = [...best.plan.slice(0, at), ...best.plan.slice(at + size)];
        const violation = run(best.steps, plan);
        if (violation?.invariant === found.invariant) best = cut(violation, plan);
        else at += size;
      }
    }
    return best;
  };
  for (let best = cut(found, whole); ; ) {
    const smaller = pass(best);
    if (smaller.plan.length === best.plan.length) return smaller;
    best = smaller;
  }
}

function cut(violation: Violation, plan: readonly PlannedFault[]): Shrunk {
  const steps = violation.step + 1;
  return { steps, plan: plan.filter(({ step }) => step < steps), violation };
}
