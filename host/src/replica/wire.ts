import { count } from "@believe/shared/wire";
import { z } from "zod";

const reach = z.strictObject({
  /** Number of the line that is not held yet. */
  next: count,
  /** Names of the parts, oldest first, dense from line 0. */
  parts: z.array(z.string()),
});

/** What a replica holds: the answer to a signed `POST /replica/<agent>/list` with an empty object. */
export const replicaList = z.strictObject({
  journal: reach,
  leaves: reach,
  segments: z.array(z.string()),
});
export type ReplicaList = z.infer<typeof replicaList>;

/** The body of a signed `POST /replica/<agent>/read`. */
export const replicaRead = z.strictObject({ name: z.string().max(64), offset: count });
export type ReplicaRead = z.infer<typeof replicaRead>;

/** A piece of a file that ends with a line; `next` is the offset of what follows, null at the end of the file. */
export const replicaChunk = z.strictObject({ text: z.string(), next: count.nullable() });
export type ReplicaChunk = z.infer<typeof replicaChunk>;

/** What an answer says by one of these schemas, null for any other text. */
export function readAnswer<Value>(schema: z.ZodType<Value>, text: string): Value | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
