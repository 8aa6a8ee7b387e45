import { z } from "zod";

/** RFC 9457 problem details, with a code that programs may switch on. */
export const problem = z.strictObject({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.string().regex(/^[a-z0-9-]+$/),
  detail: z.string().max(512),
});
export type Problem = z.infer<typeof problem>;
