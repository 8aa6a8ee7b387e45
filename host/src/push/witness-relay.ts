import { setTimeout as sleep } from "node:timers/promises";
import {
  type Covered,
  WitnessLink,
  type WitnessLinkOptions,
  type WitnessPost,
  type WitnessState,
} from "./witness-link.ts";

export interface WitnessRelayOptions extends Omit<WitnessLinkOptions, "witness" | "onRound"> {
  readonly witnesses: readonly WitnessPost[];
}

/** Brings every checkpoint that the mirror took to all other witnesses, each at its own pace. */
export class WitnessRelay {
  readonly #links: readonly WitnessLink[];
  readonly #stopping = new AbortController();
  #running: Promise<unknown> | null = null;
  #turn = Promise.withResolvers<void>();

  constructor({ witnesses, ...options }: WitnessRelayOptions) {
    const onRound = (): void => {
      this.#turn.resolve();
      this.#turn = Promise.withResolvers<void>();
    };
    this.#links = witnesses.map((witness) => new WitnessLink({ ...options, witness, onRound }));
  }

  get states(): readonly WitnessState[] {
    return this.#links.map(({ state }) => state);
  }

  /** Begins to work; `onFault` is told once for each witness whose link ended by a fault of ours. */
  start(onFault: (fault: unknown) => void): void {
    const { signal } = this.#stopping;
    this.#running ??= Promise.all(this.#links.map((link) => link.run(signal).catch(onFault)));
  }

  offer(covered: Covered): void {
    for (const link of this.#links) link.offer(covered);
  }

  /** Resolves to true when every witness has the newest checkpoint and it is published, to false after `timeoutMs`. */
  async settle(timeoutMs: number): Promise<boolean> {
    const timer = new AbortController();
    const late = sleep(timeoutMs, "late" as const, { signal: timer.signal });
    // Aborting the timer below rejects it: nobody waits for it then.
    late.catch(() => undefined);
    try {
      while (!this.#links.every(({ isIdle }) => isIdle)) {
        if ((await Promise.race([this.#turn.promise, late])) === "late") return false;
      }
      return true;
    } finally {
      timer.abort();
    }
  }

  /** Ends at once: a request under way is left to itself. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }
}
