import type { ServedLog } from "../served-log.ts";

/** A change of a served log that only its edge could make, and what the finding must name. */
export interface Tampering {
  readonly what: string;
  readonly place: RegExp;
  readonly change: (log: ServedLog) => void | Promise<void>;
}
