import { z } from "zod";

/** When a stop moves and when a position is left; R is the distance from the entry to the first stop, never re-based. */
export const exitRules = z.strictObject({
  /** Best price in R from which on the stop stands at the entry. */
  breakEvenAtR: z.number().positive().default(1),
  /** Best price in R from which on the stop trails `trailR` behind it. */
  trailFromR: z.number().positive().default(2),
  trailR: z.number().positive().default(1),
  timeStopMinutes: z.int().min(1).default(20),
});
export type ExitRules = z.infer<typeof exitRules>;
