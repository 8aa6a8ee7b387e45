import { z } from "zod";
import { reasonCode, stampUs } from "../fields.ts";
import { defineStream } from "../stream.ts";

/** A watchdog's verdict changed. */
export const watch = defineStream({
  name: "watch",
  opens: "after-embargo",
  chained: false,
  body: z.strictObject({ atUs: stampUs, dog: reasonCode, barking: z.boolean() }),
});
