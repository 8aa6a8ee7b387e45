import { invariant } from "@believe/shared/base";
import type { Draft, JournalRecord } from "@believe/shared/wire";

function isDraft(value: { readonly stream: string; readonly body: unknown }): value is Draft {
  return typeof value.body === "object" && value.body !== null;
}

/** What a record says, without number, wall time and salt. Its stream names its body's type. */
export function draftOf(record: JournalRecord): Draft {
  const { stream, body } = record;
  const draft = { stream, body };
  invariant(isDraft(draft), "a parsed record has a body of its stream");
  return draft;
}
