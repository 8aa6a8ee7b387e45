/** A broken promise of our own code: the process journals a halt and exits; recovery is the start-up path. */
export class InvariantBroken extends Error {
  constructor(why: string) {
    super(`invariant broken: ${why}`);
    this.name = "InvariantBroken";
  }
}

/** Throws `InvariantBroken` unless `condition` holds. `why` states the promise. */
export function invariant(condition: unknown, why: string): asserts condition {
  if (!condition) throw new InvariantBroken(why);
}

/** Makes a `switch` over a union exhaustive: a member that was forgotten fails to compile. */
export function unreachable(value: never): never {
  throw new InvariantBroken(`unexpected value ${JSON.stringify(value)}`);
}
