import { z } from "zod";
import { count } from "../fields.ts";
import { defineStream } from "../stream.ts";

/** A key came into use or went out of it, when the log had `size` leaves. `vkey` is the one that it speaks of. */
export const key = defineStream({
  name: "key",
  opens: "after-embargo",
  chained: false,
  body: z.strictObject({
    purpose: z.enum(["journal", "status", "request"]),
    action: z.enum(["rotated", "retired"]),
    vkey: z.string().min(1).max(256),
    size: count,
  }),
});
