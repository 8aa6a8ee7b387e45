import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { StartFailure } from "./failure.ts";
import { type ProcessIdentity, processIdentity } from "./process-identity.ts";

const identity = z.strictObject({
  pid: z.int().positive(),
  startedAt: z.string(),
  command: z.string(),
});
const roll = z.strictObject({ owner: identity.nullable(), children: z.array(identity) });

/**
 * Remembers which processes an estate runs, so that the next start can end what a killed one left behind.
 * A process is ended only when its number, start time and command line are all those on the roll.
 */
export class ProcessRoll {
  readonly #file: string;
  #children: ProcessIdentity[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * Ends leftovers; a living owner means that the state is in use. Returns how many were ended.
   * `forgive` takes a damaged roll for an empty one: the state is about to be cleared.
   */
  reap(forgive = false): number {
    if (!existsSync(this.#file)) return 0;
    let held: z.infer<typeof roll>;
    try {
      held = roll.parse(JSON.parse(readFileSync(this.#file, "utf8")));
    } catch (cause) {
      if (forgive) return 0;
      throw new StartFailure(
        "corrupt-state",
        `expected a list of processes in ${this.#file}, was something else (--reset clears the state)`,
        { cause },
      );
    }
    if (held.owner && isSame(held.owner)) {
      throw new StartFailure(
        "state-in-use",
        `expected ${this.#file} to be free, its estate runs as process ${held.owner.pid}`,
      );
    }
    const left = held.children.filter(isSame);
    for (const child of left) process.kill(child.pid, "SIGKILL");
    return left.length;
  }

  record(pids: readonly number[]): void {
    for (const pid of pids) {
      const found = processIdentity(pid);
      if (found && !this.#children.some((child) => child.pid === pid)) this.#children.push(found);
    }
    this.#children = this.#children.filter(isSame);
    this.#write();
  }

  clear(): void {
    this.#replace({ owner: null, children: [] });
  }

  #write(): void {
    const owner = processIdentity(process.pid);
    this.#replace({ owner, children: this.#children });
  }

  /** Whole or not at all: a torn roll would forbid every later start. */
  #replace(held: z.infer<typeof roll>): void {
    writeFileSync(`${this.#file}.part`, JSON.stringify(held));
    renameSync(`${this.#file}.part`, this.#file);
  }
}

function isSame(held: ProcessIdentity): boolean {
  const now = processIdentity(held.pid);
  return now !== null && now.startedAt === held.startedAt && now.command === held.command;
}
