import type { Rng } from "@believe/shared/base";
import { FAULT_KINDS, FAULTS, type FaultKind } from "./fault-kinds.ts";

/** A fault and the step at which it strikes, or from which on it waits for its occasion. */
export interface PlannedFault {
  readonly step: number;
  readonly kind: FaultKind;
}

const WEIGHT = FAULT_KINDS.reduce((sum, kind) => sum + FAULTS[kind], 0);

function drawn(rng: Rng): FaultKind {
  let left = rng.below(WEIGHT);
  for (const kind of FAULT_KINDS) {
    left -= FAULTS[kind];
    if (left < 0) return kind;
  }
  return "link-drop";
}

/** The faults of one world, in the order of their steps: a pure function of its seed. */
export function faultPlan(rng: Rng, steps: number, share: number): PlannedFault[] {
  const plan: PlannedFault[] = [];
  for (let step = 0; step < steps; step++) {
    if (rng.next() < share) plan.push({ step, kind: drawn(rng) });
  }
  return plan;
}
