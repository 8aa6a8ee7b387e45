import type { Tear } from "@believe/sim/disk";
import type { Activity } from "./broker.ts";
import { type Cut, Life } from "./life.ts";

/** Times that the power went, by what was going on, and what was found broken, with the line that repeats it. */
export interface Counted {
  readonly during: Record<Activity, number>;
  readonly broken: string[];
}

export function nothingCounted(): Counted {
  const during = { recover: 0, append: 0, seal: 0, push: 0, open: 0, replicate: 0 };
  return { during, broken: [] };
}

/** Lives through one seed once for each disk operation of either machine, and takes the power away before it. */
export async function everyCut(seed: string, counted: Counted, tear: Tear): Promise<void> {
  const undisturbed = await new Life({ seed, cut: null, tear }).run();
  note(counted, seed, null, undisturbed);
  for (const machine of ["broker", "research"] as const) {
    for (let at = 0; at < undisturbed.operations[machine]; at++) {
      const cut = { machine, at };
      note(counted, seed, cut, await new Life({ seed, cut, tear }).run());
    }
  }
}

function note(
  counted: Counted,
  seed: string,
  cut: Cut | null,
  ended: { readonly cutDuring: readonly Activity[]; readonly violations: readonly string[] },
): void {
  for (const activity of ended.cutDuring) counted.during[activity]++;
  if (ended.violations.length === 0) return;
  counted.broken.push(
    `new Life({ seed: "${seed}", cut: ${JSON.stringify(cut)} }): ${ended.violations.join("; ")}`,
  );
}
