import { z } from "zod";
import { count, stampUs } from "./fields.ts";

/** How far the policy's witnesses have followed the log. Public: an allow-list. */
export const witnessing = z.strictObject({
  /** Size of the newest checkpoint that the policy's quorum cosigned: every leaf below it is witnessed. */
  size: count,
  /** Wall time since which the log is longer than that, null while it is not. */
  sinceUs: stampUs.nullable(),
  /** The least number of witnesses that the policy's quorum takes. */
  needed: count,
  witnesses: z
    .array(
      z.strictObject({
        /** Name of its key. */
        name: z.string().max(128),
        /** Whether the estate's operator runs it. */
        own: z.boolean(),
        /** Size of the newest checkpoint that it cosigned, and the time that it signed with; 0 and null before. */
        size: count,
        atUs: stampUs.nullable(),
      }),
    )
    .max(32),
});
export type Witnessing = z.infer<typeof witnessing>;

const NUMBERS = ["no", "one", "two", "three", "four", "five"] as const;

function numberWord(value: number): string {
  return NUMBERS[value] ?? String(value);
}

function machines(value: number): string {
  return `${numberWord(value)} ${value === 1 ? "machine" : "machines"}`;
}

/** Who witnesses, as a clause without its full stop. The operator's own machines are never called more than that. */
export function witnessWords({
  needed,
  witnesses,
}: Pick<Witnessing, "needed" | "witnesses">): string {
  const all = witnesses.length;
  const outside = witnesses.filter(({ own }) => !own).length;
  if (needed === 0 || all === 0) return "witnessed by nobody";
  const quorum = needed === all ? machines(all) : `any ${numberWord(needed)} of ${machines(all)}`;
  if (outside === 0) return `witnessed by ${quorum} of the operator only`;
  return `witnessed by ${quorum}, ${numberWord(outside)} of them outside the operator's hands`;
}
