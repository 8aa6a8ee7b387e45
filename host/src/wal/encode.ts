import { type Bytes, base64, type TimeUs } from "@believe/shared/base";
import { type Draft, LINE_BYTES_MAX, record } from "@believe/shared/wire";
import { z } from "zod";
import { WalFailure } from "./failure.ts";

/** What the journal adds to a draft. */
export interface Stamp {
  readonly seq: number;
  readonly wallUs: TimeUs;
  /** 16 bytes of the operating system's random source: they hide the body behind its commitment. */
  readonly salt: Bytes;
}

/**
 * The bytes that a record is from now on, without line feed:
 * `{"v":1,"seq":0,"stream":"stop","wallUs":0,"body":{…},"salt":"…"}`, keys in the order of the schema.
 */
export function encodeLine(draft: Draft, { seq, wallUs, salt }: Stamp): string {
  const { stream, body } = draft;
  const parsed = record.safeParse({ v: 1, seq, stream, wallUs, body, salt: base64(salt) });
  if (!parsed.success) {
    const [first] = z.prettifyError(parsed.error).split("\n  ");
    const where = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new WalFailure(
      "refused",
      `expected a ${stream} record as its schema says, was one with ${first} at "${where}"`,
      { facts: { stream, seq } },
    );
  }
  const line = JSON.stringify(parsed.data);
  const bytes = Buffer.byteLength(line);
  if (bytes > LINE_BYTES_MAX) {
    throw new WalFailure(
      "refused",
      `expected a ${stream} record of at most ${LINE_BYTES_MAX} bytes, was ${bytes} bytes`,
      { facts: { stream, seq, bytes } },
    );
  }
  return line;
}
