import { z } from "zod";
import { decimal, identifier, lots, symbolName } from "./fields.ts";

/** One line of a person's own words, printable, 1 to 200 characters. */
const reason = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}]+$/u);
const person = { by: z.enum(["cli", "console", "file"]), reason };

/**
 * A person's act on the running engine. It is journaled before any effect.
 * kill: no new order is sent, every order of ours is cancelled, with `flatten` the position is closed then; a latch
 * that only unkill releases. close-only: no entries. flatten: leave the position. resume: clears standing halts.
 * adopt: our book takes the venue's position, the difference at `price`. arm: live entries of one trade date.
 */
export const command = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("kill"), flatten: z.boolean(), ...person }),
  z.strictObject({ kind: z.literal("unkill"), ...person }),
  z.strictObject({ kind: z.literal("close-only"), on: z.boolean(), ...person }),
  z.strictObject({ kind: z.literal("flatten"), ...person }),
  z.strictObject({ kind: z.literal("resume"), ...person }),
  z.strictObject({
    kind: z.literal("adopt"),
    symbol: symbolName,
    /** Signed: what the venue says that we hold. */
    lots,
    price: decimal,
    ...person,
  }),
  z.strictObject({ kind: z.literal("arm"), tradeDate: z.iso.date(), ...person }),
  z.strictObject({ kind: z.literal("disarm"), ...person }),
  z.strictObject({ kind: z.literal("cancel"), order: identifier, ...person }),
]);
export type Command = z.infer<typeof command>;
