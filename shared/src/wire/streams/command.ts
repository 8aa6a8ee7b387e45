import { z } from "zod";
import { command as act } from "../command.ts";
import { stampUs } from "../fields.ts";
import { defineStream } from "../stream.ts";

/** A person's act, written down before any of its effects. */
export const command = defineStream({
  name: "command",
  opens: "after-embargo",
  chained: true,
  body: z.strictObject({ atUs: stampUs, command: act }),
});
