import type { Body, JournalRecord } from "@believe/shared/wire";

/** What the journal says of its own key: which one signs, and from which size of the log on. */
export interface JournaledKey {
  readonly vkey: string;
  readonly size: number;
}

/** What the journal says after one more record. */
export function journaledKeyAfter(
  before: JournaledKey | null,
  { stream, body }: JournalRecord,
): JournaledKey | null {
  if (stream === "genesis") return { vkey: body.journalKey, size: 0 };
  const isChange = stream === "key" && body.purpose === "journal" && body.action === "rotated";
  return isChange ? { vkey: body.vkey, size: body.size } : before;
}

/** The key that the newest records name, null before genesis. */
export function journaledKey(records: Iterable<JournalRecord>): JournaledKey | null {
  let said: JournaledKey | null = null;
  for (const record of records) said = journaledKeyAfter(said, record);
  return said;
}

/**
 * The journal spoke of a change that never came to its note: a crash cut the rotation off, and the old key stayed in
 * force. The record says so with the next lines, null where it has nothing to say.
 */
export function takenBack(
  said: JournaledKey | null,
  inForce: string,
  size: number,
): readonly [Body<"key">, Body<"key">] | null {
  if (said === null || said.vkey === inForce) return null;
  return [
    { purpose: "journal", action: "retired", vkey: said.vkey, size },
    { purpose: "journal", action: "rotated", vkey: inForce, size },
  ];
}
