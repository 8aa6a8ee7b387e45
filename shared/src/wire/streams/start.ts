import { z } from "zod";
import { count, identifier, sha256Hex } from "../fields.ts";
import { defineStream } from "../stream.ts";

/** The agent began to run. `lost` counts records that an earlier run signed and this one no longer has. */
export const start = defineStream({
  name: "start",
  opens: "after-embargo",
  chained: false,
  body: z.strictObject({
    version: z.string().max(32),
    node: z.string().max(32),
    strategy: identifier,
    parameters: sha256Hex,
    decisionTip: sha256Hex,
    expiredIntents: count,
    lost: count,
  }),
});
