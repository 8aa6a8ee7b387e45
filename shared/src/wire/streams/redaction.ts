import { z } from "zod";
import { count } from "../fields.ts";
import { defineStream } from "../stream.ts";

/** Record `seq` is never opened: its commitment stays, and this says why, in one printed line. */
export const redaction = defineStream({
  name: "redaction",
  opens: "after-embargo",
  chained: false,
  body: z.strictObject({ seq: count, reason: z.string().regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u) }),
});
