import { base64, utf8 } from "@believe/shared/base";
import { type Alarm, type Body, type LiveFill, parseRecord } from "@believe/shared/wire";
import { type CheckedOpening, commitmentOf } from "@believe/shared/wire/log";
import type { Pending } from "./live-section.ts";
import type { LeafLines } from "./rooms.ts";

export const FILLS_MAX = 20;
/** Unopened lines that are remembered; beyond it the oldest are forgotten and only their leaf speaks for them. */
export const PENDING_MAX = 1000;
const HASH_BYTES = 32;

/** The part of the live state that journal lines change. */
export interface JournalView {
  readonly fills: readonly LiveFill[];
  readonly pending: Pending;
}

/** A line ahead of its leaf. */
export interface AnnouncedLine {
  readonly seq: number;
  /** Base64: the leaf will be held to it. */
  readonly commitment: string;
  /** What the line says if it is a fill. */
  readonly fill: Body<"fill"> | null;
}

/** Parses lines ahead of their leaf. Throws `RecordFailure` for a line that is no record. */
export function announcedLines(lines: readonly string[]): AnnouncedLine[] {
  return lines.map((line) => {
    const { seq, stream, body } = parseRecord(line);
    const fill = stream === "fill" ? body : null;
    return { seq, commitment: base64(commitmentOf(utf8(line))), fill };
  });
}

/** What the live object is told of a checked opening. */
export function leafLines(
  leaf: number,
  { records, commitments }: Pick<CheckedOpening, "records" | "commitments">,
): LeafLines {
  const fills = records.flatMap(({ seq, stream, body }) =>
    stream === "fill" ? [{ seq, body }] : [],
  );
  const joined = new Uint8Array(HASH_BYTES * commitments.length);
  for (const [i, commitment] of commitments.entries()) joined.set(commitment, HASH_BYTES * i);
  return {
    leaf,
    seqs: records.map(({ seq }) => seq),
    commitments: joined,
    // Of one leaf no older fill can be among the newest of all.
    fills: fills.slice(-FILLS_MAX),
  };
}

const differs = (seq: number, atUs: number): Alarm => ({
  kind: "pending-differs",
  atUs,
  detail: `journal entry ${seq} is not the line that was announced`,
});

function newestFills(fills: readonly LiveFill[]): LiveFill[] {
  return [...fills].sort((a, b) => b.seq - a.seq).slice(0, FILLS_MAX);
}

/** Takes lines ahead of their leaf: fills show as pending. A second, different line of a number is evidence. */
export function announce(
  view: JournalView,
  lines: readonly AnnouncedLine[],
  atUs: number,
): JournalView & { readonly evidence: Alarm[] } {
  const known = new Map(view.pending.lines.map((line) => [line.seq, line.commitment]));
  const evidence: Alarm[] = [];
  const fills = [...view.fills];
  for (const { seq, commitment, fill } of lines) {
    const before = known.get(seq);
    if (seq < view.pending.openedBelow) continue;
    if (before !== undefined) {
      if (before !== commitment) evidence.push(differs(seq, atUs));
      continue;
    }
    known.set(seq, commitment);
    if (fill !== null) fills.push({ seq, mark: "pending", leaf: null, body: fill });
  }
  const kept = [...known].sort(([a], [b]) => a - b).slice(-PENDING_MAX);
  return {
    fills: newestFills(fills),
    pending: { ...view.pending, lines: kept.map(([seq, commitment]) => ({ seq, commitment })) },
    evidence,
  };
}

/**
 * Takes the open records of a checked leaf: they are what counts from here on. A leaf may come any number of times,
 * each time as wide as it is by then.
 */
export function seal(
  view: JournalView,
  { leaf, seqs, commitments, fills: opened }: LeafLines,
  atUs: number,
): JournalView & { readonly evidence: Alarm[] } {
  const waiting = new Map(view.pending.lines.map((line) => [line.seq, line.commitment]));
  const fills = new Map(view.fills.map((fill) => [fill.seq, fill]));
  const evidence: Alarm[] = [];
  for (const [i, seq] of seqs.entries()) {
    const announced = waiting.get(seq);
    if (announced !== undefined) {
      const sealed = base64(commitments.subarray(HASH_BYTES * i, HASH_BYTES * (i + 1)));
      if (announced !== sealed) evidence.push(differs(seq, atUs));
      waiting.delete(seq);
    }
    fills.delete(seq);
  }
  for (const { seq, body } of opened) fills.set(seq, { seq, mark: "sealed", leaf, body });
  const openedBelow = Math.max(view.pending.openedBelow, (seqs.at(-1) ?? -1) + 1);
  const lines = [...waiting].map(([seq, commitment]) => ({ seq, commitment }));
  return { fills: newestFills([...fills.values()]), pending: { openedBelow, lines }, evidence };
}
