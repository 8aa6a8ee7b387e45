import { z } from "zod";
import { identifier } from "../fields.ts";
import { defineStream } from "../stream.ts";

/** What `source`'s clock reads above our wall clock, ms: journaled when it moved and once an hour. */
export const clock = defineStream({
  name: "clock",
  opens: "after-embargo",
  chained: false,
  body: z.strictObject({ offsetMs: z.int(), source: identifier }),
});
