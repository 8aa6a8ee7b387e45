import { z } from "zod";
import { count, identifier, sha256Hex } from "../fields.ts";
import { defineStream } from "../stream.ts";

/** A closed capture file: its name, the index of its first event, how many it holds, and the hash of its bytes. */
export const segment = defineStream({
  name: "segment",
  opens: "after-embargo",
  chained: false,
  body: z.strictObject({ segment: identifier, first: count, count, sha256: sha256Hex }),
});
