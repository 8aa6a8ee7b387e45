import { BytesFailure, utf8Text } from "@believe/shared/base";
import { z } from "zod";
import { count } from "../fields.ts";
import { type LogSource, tampered } from "./log-source.ts";

const PLACE = "forks";
const fork = z.object({
  size: count,
  /** The checkpoint that was cosigned, null where the log was empty. */
  cosigned: z.string().nullable(),
  /** The checkpoint that contradicts it. */
  other: z.string(),
  /** The operator's note that ended the freeze, null while it lasts. */
  unfrozen: z.string().nullable(),
});
const forks = z.object({
  v: z.literal(1),
  origin: z.string().min(1).max(128),
  forks: z.array(fork).max(10_000),
});

/** Evidence of one fork as it is served: notes as text, nothing of them checked. */
export type ServedFork = z.infer<typeof fork>;
export type ServedForks = z.infer<typeof forks>;

/** Parses `GET …/forks`; other text is a finding. */
export function parseForks(bytes: Uint8Array): ServedForks {
  try {
    return forks.parse(JSON.parse(utf8Text(bytes)));
  } catch (cause) {
    const isOther =
      cause instanceof z.ZodError || cause instanceof SyntaxError || cause instanceof BytesFailure;
    if (!isOther) throw cause;
    throw tampered(PLACE, "expected the forks of a log, was other text", cause);
  }
}

/** Reads the forks that a mirror keeps, oldest first; null where it serves none (a mirrored folder may leave it out). */
export async function readForks(source: LogSource): Promise<ServedForks | null> {
  const bytes = await source.get(PLACE);
  return bytes === null ? null : parseForks(bytes);
}
