import { type Bytes, base64, fromBase64, utf8 } from "@believe/shared/base";
import { count, minuteText, saltBase64 } from "@believe/shared/wire";
import { LogFailure, parseLeaf } from "@believe/shared/wire/log";
import { z } from "zod";

const row = z.strictObject({
  v: z.literal(1),
  index: count,
  minute: minuteText,
  closed: z.enum(["whole", "cut"]),
  salt: saltBase64.nullable(),
  firstSeq: count,
  count,
  text: z.string(),
});

/** A leaf as it was fsynced before anyone was offered it: a restart sends the same bytes. */
export interface SealedLeaf {
  readonly index: number;
  readonly minute: string;
  readonly closed: "whole" | "cut";
  /** Null for a bare leaf: it was signed, and nobody has its salt and records any more. It counts no record. */
  readonly salt: Bytes | null;
  /** Its records are `firstSeq` to `firstSeq + count` (not included); an empty minute has none. */
  readonly firstSeq: number;
  readonly count: number;
  /** The log's entry. */
  readonly text: string;
}

export function encodeLeafRow(leaf: SealedLeaf): string {
  const { index, minute, closed, salt, firstSeq, count, text } = leaf;
  return JSON.stringify({
    v: 1,
    index,
    minute,
    closed,
    salt: salt === null ? null : base64(salt),
    firstSeq,
    count,
    text,
  });
}

/** Parses a row and checks that its text says what the row says. Null for anything else. */
export function parseLeafRow(line: string, origin: string): SealedLeaf | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = row.safeParse(value);
  if (!parsed.success) return null;
  const { index, minute, closed, salt, firstSeq, count, text } = parsed.data;
  try {
    const leaf = parseLeaf(utf8(text));
    const same =
      leaf.origin === origin &&
      leaf.index === index &&
      leaf.minute === minute &&
      leaf.closed === closed;
    if (!same || (salt === null && count > 0)) return null;
    const bytes = salt === null ? null : fromBase64(salt);
    return { index, minute, closed, salt: bytes, firstSeq, count, text };
  } catch (failure) {
    if (failure instanceof LogFailure) return null;
    throw failure;
  }
}
