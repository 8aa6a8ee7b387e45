import { z } from "zod";
import { reasonCode, stampUs } from "../fields.ts";
import { defineStream } from "../stream.ts";

/** New entries ended, by a limit, by doubt or by a person; exits and cancels stay possible. */
export const halt = defineStream({
  name: "halt",
  opens: "after-embargo",
  chained: false,
  body: z.strictObject({ atUs: stampUs, reason: reasonCode }),
});
