import { z } from "zod";
import { count } from "../fields.ts";
import { defineStream } from "../stream.ts";

/**
 * The disk had gone back and was rebuilt. It held records below `from`, afterwards those below `to`; `lost` counts
 * records that an earlier run is known to have written and nobody has any more. The leaves likewise: `leavesLost` are
 * signed and stay in the log, but can no longer be opened.
 */
export const recovered = defineStream({
  name: "recovered",
  opens: "after-embargo",
  chained: false,
  body: z.strictObject({
    from: count,
    to: count,
    lost: count,
    leavesFrom: count,
    leavesTo: count,
    leavesLost: count,
  }),
});
