import { seededRng } from "@believe/shared/base";
import { REACHABLE } from "./cells.ts";
import { FAULT_KINDS, FAULTS, type FaultKind } from "./fault-kinds.ts";
import { PUSH_FAULTS, type PushFault } from "./push/faulty-client.ts";
import { pushRecord } from "./push/push-record.ts";
import { type Violation, World } from "./world.ts";

/** Ticks of a world unless another number is asked for. */
export const STEPS = 200;

/** An invariant that did not hold, and where. */
export interface Broken extends Violation {
  readonly seed: string;
}

type CountedFault = FaultKind | PushFault;
const COUNTED: readonly CountedFault[] = [...FAULT_KINDS, ...PUSH_FAULTS];
/** The record of one world in so many is pushed to a mirror. */
const PUSHED = 8;

/** What many worlds came to. Only worlds in which an order reached the venue count as seeds. */
export interface Tally {
  readonly seeds: number;
  /** Events that the agent's loop or the venue handled. */
  readonly steps: number;
  readonly faults: Readonly<Record<CountedFault, number>>;
  /** Ends of the link or of the process with a request under way of which nothing was heard. */
  readonly inFlightDrops: number;
  readonly cells: readonly string[];
  readonly broken: readonly Broken[];
}

export interface Campaign {
  readonly seeds: number;
  readonly steps?: number;
  /** This campaign runs the worlds `first`, `first + every`, … */
  readonly first?: number;
  readonly every?: number;
  readonly brokenMax?: number;
}

/** Runs worlds until so many of them had an order, or enough are broken. */
export async function campaign({
  seeds,
  first = 1,
  every = 1,
  ...options
}: Campaign): Promise<Tally> {
  const { steps = STEPS, brokenMax = 20 } = options;
  const faults = emptyFaults();
  const cells = new Set<string>();
  const broken: Broken[] = [];
  let handled = 0;
  let inFlightDrops = 0;
  let counted = 0;
  for (let i = first; counted < seeds && broken.length < brokenMax; i += every) {
    const seed = `s${i}`;
    const world = new World({ seed, steps });
    const result = world.run();
    handled += result.steps;
    inFlightDrops += result.inFlightDrops;
    if (result.orders > 0) counted++;
    for (const [kind, count] of result.faults) faults[kind] += count;
    for (const cell of result.cells) cells.add(cell);
    if (result.violation !== null) broken.push({ seed, ...result.violation });
    else if (i % PUSHED === 0) {
      const rng = seededRng(seed).fork("push");
      const message = await pushRecord(world.disk, rng, (kind) => faults[kind]++);
      const name = "every leaf arrives once";
      if (message !== null) broken.push({ seed, step: steps, invariant: 28, name, message });
    }
  }
  return { seeds: counted, steps: handled, faults, inFlightDrops, cells: [...cells], broken };
}

function emptyFaults(): Record<CountedFault, number> {
  const none = { ...FAULTS, "push-lost": 0, "push-twice": 0, "ack-lost": 0, "mirror-503": 0 };
  const faults: Record<CountedFault, number> = none;
  for (const kind of COUNTED) faults[kind] = 0;
  return faults;
}

/** Several tallies as one. */
export function merged(tallies: readonly Tally[]): Tally {
  const faults = emptyFaults();
  for (const tally of tallies) {
    for (const kind of COUNTED) faults[kind] += tally.faults[kind];
  }
  const sum = (of: (tally: Tally) => number): number =>
    tallies.reduce((all, tally) => all + of(tally), 0);
  return {
    seeds: sum(({ seeds }) => seeds),
    steps: sum(({ steps }) => steps),
    faults,
    inFlightDrops: sum((tally) => tally.inFlightDrops),
    cells: [...new Set(tallies.flatMap(({ cells }) => cells))].sort(),
    broken: tallies.flatMap(({ broken }) => broken),
  };
}

/** Reachable cells that no world met. */
export function missed(cells: readonly string[]): string[] {
  const met = new Set(cells);
  return REACHABLE.filter((cell) => !met.has(cell));
}
