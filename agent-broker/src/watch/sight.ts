import type { Holdings } from "@believe/shared/trade";
import type { Sight } from "./watchdog.ts";

/** What the agent knows of itself at one moment, beside what its holdings say. */
export type Seen = Omit<Sight, "mismatchSinceUs" | "unknownSinceUs" | "unprotectedSinceUs">;

/** Turns looks at the holdings into the time since which something about them has not been right. */
export class SightKeeper {
  #mismatchSinceUs: number | null = null;
  #unknownSinceUs: number | null = null;
  #unprotectedSinceUs: number | null = null;

  /** What the watchdogs look at now. Of a position that is being left a stop is not expected. */
  look(seen: Seen, holdings: Holdings): Sight {
    const { nowUs } = seen;
    const isLeaving = [...holdings.orders.values()].some(
      ({ role, parent }) => role === "exit" && parent === undefined,
    );
    const isBare = holdings.net !== 0 && holdings.stopPrice === null && !isLeaving;
    const since = (was: number | null, is: boolean): number | null => (is ? (was ?? nowUs) : null);
    this.#mismatchSinceUs = since(this.#mismatchSinceUs, holdings.disputed !== null);
    this.#unknownSinceUs = since(this.#unknownSinceUs, holdings.inDoubt.length > 0);
    this.#unprotectedSinceUs = since(this.#unprotectedSinceUs, isBare);
    return {
      ...seen,
      mismatchSinceUs: this.#mismatchSinceUs,
      unknownSinceUs: this.#unknownSinceUs,
      unprotectedSinceUs: this.#unprotectedSinceUs,
    };
  }
}
