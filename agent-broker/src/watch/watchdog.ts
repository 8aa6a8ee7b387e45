/** How much a bark matters: critical ones wake a person. */
export type Severity = "info" | "warning" | "critical";
/** Who may hear it: a bark for operators never leaves this machine towards the edge. */
export type Audience = "operator" | "public";

/** What watchdogs look at, at one moment. Times are microseconds of the wall clock. */
export interface Sight {
  readonly nowUs: number;
  /** Whether the exchange trades now. */
  readonly isOpen: boolean;
  readonly feedFresh: boolean;
  /** Distance of this machine's clock from the edge's. */
  readonly clockSkewMs: number;
  readonly diskLow: boolean;
  /** Leaves that wait to leave for the Worker. */
  readonly queuedLeaves: number;
  readonly linkReady: boolean;
  /** Since when our book and the venue's differ, an order is in doubt, a position has no resting stop; null while none. */
  readonly mismatchSinceUs: number | null;
  readonly unknownSinceUs: number | null;
  readonly unprotectedSinceUs: number | null;
}

/** One thing that is watched all the time. Its name is the reason code that the journal holds. */
export interface Watchdog<Name extends string = string> {
  readonly name: Name;
  readonly severity: Severity;
  readonly audience: Audience;
  /** Whether new entries wait while it barks. */
  readonly stopsEntries: boolean;
  /** What it means, for the docs and the console. */
  readonly means: string;
  barks(sight: Sight): boolean;
}

export function defineWatchdog<const Name extends string>(dog: Watchdog<Name>): Watchdog<Name> {
  return dog;
}
