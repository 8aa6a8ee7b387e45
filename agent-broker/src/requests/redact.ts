import type { Fate, OpeningQueue } from "@believe/host/push";
import type { Wal } from "@believe/host/wal";
import { isoUs, type TimeUs } from "@believe/shared/base";
import type { Draft, JournalRecord } from "@believe/shared/wire";
import { type Answer, done, type RequestBody, refused } from "./kinds.ts";

export interface RedactionPorts {
  readonly wal: Pick<Wal, "records" | "nextSeq" | "durableSeq">;
  readonly queue: Pick<OpeningQueue, "fateOf">;
  /** The newest time that somebody may have opened lines by: the log's own, or the wall's where that is the market's. */
  readonly reachedUs: () => TimeUs;
  /** Makes a record durable. */
  readonly journal: (draft: Draft) => void;
}

/** What must stay readable for the record to explain itself. */
const KEPT: ReadonlySet<string> = new Set(["genesis", "redaction", "key", "recovered"]);

/**
 * Journals that a record is never opened: its commitment stays in its leaf, its bytes stay here. Refused where that
 * would be a pretence, because the line is out or never leaves. Asked twice it is journaled once.
 */
export async function redact(
  { seq, reason }: RequestBody<"redact">,
  { wal, queue, reachedUs, journal }: RedactionPorts,
): Promise<Answer> {
  const record = recordOf(seq, wal);
  if (record === null) {
    return refused(`expected a record below ${wal.durableSeq}, was ${seq}: no such record`);
  }
  const fate = await queue.fateOf(record);
  if (fate.kind === "redacted") return done(`record ${seq} is redacted by record ${fate.by}`);
  const why = refusal(record, fate, reachedUs());
  if (why !== null) return refused(`expected a record that can stay closed, was ${why}`);
  const by = wal.nextSeq;
  journal({ stream: "redaction", body: { seq, reason } });
  return done(`record ${seq} is redacted by record ${by}`);
}

function refusal({ seq, stream }: JournalRecord, fate: Fate, reachedUs: TimeUs): string | null {
  if (fate.kind === "at-once") {
    return `${seq} of a paper account: its lines open at once, its salt is public`;
  }
  if (fate.kind === "never") return `${seq}, a ${stream}: it never opens anyway`;
  if (KEPT.has(stream)) return `${seq}, a ${stream}: the record could not be read without it`;
  if (fate.kind === "due" && fate.dueUs <= reachedUs) {
    return `${seq}, which opened at ${isoUs(fate.dueUs)}: its salt is public`;
  }
  return null;
}

function recordOf(seq: number, wal: RedactionPorts["wal"]): JournalRecord | null {
  if (seq >= wal.durableSeq) return null;
  for (const { record } of wal.records(seq)) return record;
  return null;
}
