import type { TimeUs } from "@believe/shared/base";
import type { VenueEvent } from "@believe/shared/trade";
import type { Body, JournalRecord } from "@believe/shared/wire";
import type { SimAgent } from "../agent.ts";
import type { SimVenue } from "../venue/sim-venue.ts";

/** What a checker may look at after a step. */
export interface Scene {
  /** The true time, whatever the agent's clocks say. */
  readonly nowUs: TimeUs;
  readonly venue: SimVenue;
  /** Null while its process is dead. */
  readonly agent: SimAgent | null;
  /** Nothing is under way, the link is ready and the agent has heard everything. */
  readonly isQuiet: boolean;
}

/**
 * One invariant, watched from outside: by what the venue got, what the journal holds, and the venue's truth.
 * Every method answers null while it holds, else what was expected and what was.
 */
export interface Check {
  /** Number of the invariant in docs/simulation.md. */
  readonly invariant: number;
  readonly name: string;
  /** A durable line of the journal. */
  onRecord?(record: JournalRecord, scene: Scene): string | null;
  /** The agent hands a request to its link. */
  onSubmit?(intent: Body<"intent">, scene: Scene): string | null;
  /** A request reached the venue. */
  onArrival?(intent: Body<"intent">, scene: Scene): string | null;
  /** The agent hears a word of the venue. */
  onWord?(word: VenueEvent, scene: Scene): string | null;
  /** A second process was started beside the first; `refused` says whether it was turned away. */
  onSecondStart?(refused: boolean): string | null;
  /** The agent's process is gone. */
  onDeath?(): void;
  onStep?(scene: Scene): string | null;
  /** The world is over. */
  onEnd?(scene: Scene): string | null;
}

/** Time since something that should not last began; null while it does not. */
export class Stopwatch {
  #sinceUs: number | null = null;

  /** Microseconds for which `wrong` has been so without a break. */
  lasts(wrong: boolean, nowUs: number): number {
    if (!wrong) this.#sinceUs = null;
    else this.#sinceUs ??= nowUs;
    return this.#sinceUs === null ? 0 : nowUs - this.#sinceUs;
  }
}
