/**
 * `npm run sim -- --seeds 10000`: so many worlds with faults drawn from their seeds, on every core; the last line is
 * JSON. `--seed s33` runs one world again and says what happened, `--shrink` with the fewest faults that still break it.
 */
import "./require-node.ts";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";

import {
  type Broken,
  merged,
  missed,
  REACHABLE,
  STEPS,
  shrink,
  type Tally,
  World,
} from "../sim/world/index.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    first: { type: "string", default: "1" },
    steps: { type: "string", default: String(STEPS) },
    seed: { type: "string" },
    shrink: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const steps = Number(values.steps);

function inThread(seeds: number, first: number, every: number): Promise<Tally> {
  const { promise, resolve, reject } = Promise.withResolvers<Tally>();
  const workerData = { seeds, first, every, steps };
  const worker = new Worker(new URL("./sim/thread.ts", import.meta.url), { workerData });
  worker.once("message", resolve);
  worker.once("error", reject);
  return promise;
}

function replayOf({ seed }: Pick<Broken, "seed">): string {
  const more = steps === STEPS ? "" : ` --steps ${steps}`;
  return `npm run sim -- --seed ${seed}${more} --shrink`;
}

async function many(): Promise<boolean> {
  const threads = Math.max(1, availableParallelism());
  const seeds = Number(values.seeds);
  const from = performance.now();
  const tallies = await Promise.all(
    Array.from({ length: threads }, (_, i) => {
      const share = Math.floor(seeds / threads) + (i < seeds % threads ? 1 : 0);
      return inThread(share, Number(values.first) + i, threads);
    }),
  );
  const seconds = (performance.now() - from) / 1000;
  const { broken, cells, ...tally } = merged(tallies);
  for (const one of broken) {
    console.log(`${one.seed} broke ${one.invariant} (${one.name}) at step ${one.step}:`);
    console.log(`  ${one.message.slice(0, 500)}\n  ${replayOf(one)}`);
  }
  const left = missed(cells);
  if (!values.json) {
    console.log(`${threads} threads, ${seconds.toFixed(1)} s; cells not met: ${left.join(" ")}`);
  }
  const line = {
    ...tally,
    cells: { reachable: REACHABLE.length, hit: REACHABLE.length - left.length },
    violations: broken.length,
    stepsPerS: Math.round(tally.steps / seconds),
  };
  console.log(JSON.stringify(line));
  return broken.length === 0;
}

function one(seed: string): boolean {
  const small = values.shrink ? shrink({ seed, steps }) : null;
  const trace = (step: number, what: string): void => console.log(`${step} ${what.slice(0, 400)}`);
  const options = small === null ? { steps } : { steps: small.steps, plan: small.plan };
  const { violation } = new World({ seed, ...options, trace }).run();
  if (small) console.log(`${small.plan.length} faults: ${JSON.stringify(small.plan)}`);
  console.log(JSON.stringify({ seed, steps: options.steps, violation }));
  return violation === null;
}

const isGood = values.seed === undefined ? await many() : one(values.seed);
process.exitCode = isGood ? 0 : 1;
