import { z } from "zod";

/** How far one file was read. Offsets in bytes. */
export const tailState = z.strictObject({
  /** SHA-256 (hex) of the file's first `headBytes` bytes: the first line, and up to 1 KiB of what follows it. */
  head: z.string().regex(/^[0-9a-f]{64}$/),
  headBytes: z.int().min(0).max(1024),
  inode: z.string(),
  /** The byte after the last complete line. */
  offset: z.int().min(0),
  /** Base64 of the at most 32 bytes before `offset`. */
  marker: z.string(),
  /** True inside a line longer than the bound, whose beginning was handed out already. */
  overlong: z.boolean(),
});

export type TailState = z.infer<typeof tailState>;
