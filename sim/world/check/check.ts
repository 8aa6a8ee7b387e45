import type { TimeUs } from "@believe/shared/base";
import type { Body, JournalRecord } from "@believe/shared/wire";
import type { SimAgent } from "../agent.ts";
import type { SimVenue } from "../venue/sim-venue.ts";

/** What a checker may look at after a step. */
export interface Scene {
  readonly nowUs: TimeUs;
  readonly venue: SimVenue;
  /** Null while its process is dead. */
  readonly agent: SimAgent | null;
  /** Nothing is under way, the link is ready and the agent has heard everything. */
  readonly isQuiet: boolean;
}

/** One invariant, watched from outside: by what the venue got, what the journal holds, and the venue's truth. */
export interface Check {
  /** Number of the invariant in docs/simulation.md. */
  readonly invariant: number;
  readonly name: string;
  /** A durable line of the journal. */
  onRecord?(record: JournalRecord): string | null;
  /** A request reached the venue. */
  onArrival?(intent: Body<"intent">, scene: Scene): string | null;
  /** The agent's process is gone. */
  onDeath?(): void;
  /** After every step; null while it holds, else what was expected and what was. */
  onStep?(scene: Scene): string | null;
}
