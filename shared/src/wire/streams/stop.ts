import { z } from "zod";
import { reasonCode } from "../fields.ts";
import { defineStream } from "../stream.ts";

/** The agent stopped cleanly: the open minute was sealed as cut. */
export const stop = defineStream({
  name: "stop",
  opens: "after-embargo",
  chained: false,
  body: z.strictObject({ reason: reasonCode }),
});
