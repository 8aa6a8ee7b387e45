import { z } from "zod";

export const activity = z.enum(["append", "seal", "push", "open", "replicate"]);
export type Activity = z.infer<typeof activity>;

/** One line of what the writer says, each only once it is so. */
export const fact = z.union([
  z.strictObject({ begins: activity }),
  z.strictObject({ seq: z.int(), line: z.string() }),
  z.strictObject({ leaf: z.int(), row: z.string() }),
  /** Numbers that the door has not taken yet. */
  z.strictObject({ replicated: z.strictObject({ journal: z.int(), leaves: z.int() }) }),
]);
export type Fact = z.infer<typeof fact>;

/** The writer's arguments, as one JSON text. */
export const orders = z.strictObject({
  folder: z.string(),
  mirrorUrl: z.string(),
  doorUrl: z.string(),
  /** The minute to begin with. */
  minute: z.int(),
  /** It kills itself before a disk operation of this activity, after so many; null: somebody else will. */
  dies: z.strictObject({ during: activity, after: z.int() }).nullable(),
  /** Ends by itself once everything so far is pushed and replicated. */
  drains: z.boolean(),
});
export type Orders = z.infer<typeof orders>;
