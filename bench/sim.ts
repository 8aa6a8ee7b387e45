import { execFileSync } from "node:child_process";
import { z } from "zod";
import type { Metric } from "./metric.ts";

const SEEDS = 1_000;
const BAR = 50_000;

const line = z.object({ seeds: z.int(), violations: z.literal(0), stepsPerS: z.number() });

/** Worlds with every fault and every check on all cores, starts of the threads and pushes of the record included. */
function stepsPerS(): number {
  const args = ["scripts/sim.ts", "--seeds", String(SEEDS), "--json"];
  const said = execFileSync(process.execPath, args, { encoding: "utf8" });
  const last = line.parse(JSON.parse(said.trimEnd().split("\n").at(-1) ?? ""));
  if (last.seeds < SEEDS) throw new Error(`expected ${SEEDS} worlds, was ${last.seeds}`);
  return last.stepsPerS;
}

export async function run(): Promise<Metric[]> {
  const value = stepsPerS();
  const ok = value >= BAR;
  return [{ bench: "sim", metric: "steps_per_s", value, unit: "steps/s", bar: `≥ ${BAR}`, ok }];
}
