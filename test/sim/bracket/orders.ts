import { z } from "zod";
import { studyDeath } from "./study-death.ts";

export const ACCOUNT = { kind: "paper", name: "paper-1" } as const;

/** What a life of the study is told. */
export const studyOrders = z.strictObject({
  folder: z.string(),
  startWallUs: z.number(),
  speed: z.number(),
  death: studyDeath.nullable(),
  /** A planted fault: it does not remember what it has taken. */
  forgets: z.boolean(),
});
export type StudyOrders = z.infer<typeof studyOrders>;

/** What the venue really has. */
export const truth = z.strictObject({
  position: z.int(),
  fills: z.array(z.string()),
  orders: z.array(
    z.strictObject({
      tag: z.string(),
      state: z.enum(["waiting", "working", "filled", "cancelled", "rejected"]),
      qty: z.int(),
      filled: z.int(),
      parent: z.string().nullable(),
    }),
  ),
});
export type Truth = z.infer<typeof truth>;
