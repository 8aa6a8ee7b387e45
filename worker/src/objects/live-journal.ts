import { base64, utf8 } from "@believe/shared/base";
import { type Alarm, type Body, type LiveFill, parseRecord, streams } from "@believe/shared/wire";
import type { Pending } from "./live-section.ts";

export const FILLS_MAX = 20;
/** Unopened lines that are remembered; beyond it the oldest are forgotten and only their leaf speaks for them. */
export const PENDING_MAX = 1000;

/** The part of the live state that journal lines change. */
export interface JournalView {
  readonly fills: readonly LiveFill[];
  readonly pending: Pending;
}

export interface HashedLine {
  readonly seq: number;
  readonly hash: string;
  /** What the line says if it is a fill. */
  readonly fill: Body<"fill"> | null;
}

/** Parses lines and hashes their exact bytes. Throws `RecordFailure` for a line that is no record. */
export async function hashLines(lines: readonly string[]): Promise<HashedLine[]> {
  return Promise.all(
    lines.map(async (line) => {
      const { seq, stream, body } = parseRecord(line);
      const hash = base64(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(line))));
      return { seq, hash, fill: stream === "fill" ? streams.fill.body.parse(body) : null };
    }),
  );
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
  lines: readonly HashedLine[],
  atUs: number,
): JournalView & { readonly evidence: Alarm[] } {
  const known = new Map(view.pending.lines.map((line) => [line.seq, line.hash]));
  const evidence: Alarm[] = [];
  const fills = [...view.fills];
  for (const { seq, hash, fill } of lines) {
    const before = known.get(seq);
    if (seq < view.pending.openedBelow) continue;
    if (before !== undefined) {
      if (before !== hash) evidence.push(differs(seq, atUs));
      continue;
    }
    known.set(seq, hash);
    if (fill !== null) fills.push({ seq, mark: "pending", leaf: null, body: fill });
  }
  const kept = [...known].sort(([a], [b]) => a - b).slice(-PENDING_MAX);
  return {
    fills: newestFills(fills),
    pending: { ...view.pending, lines: kept.map(([seq, hash]) => ({ seq, hash })) },
    evidence,
  };
}

/** Takes lines that were checked against the covered leaf `leaf`: they are what counts from here on. */
export function seal(
  view: JournalView,
  opening: { readonly leaf: number; readonly lines: readonly HashedLine[] },
  atUs: number,
): JournalView & { readonly evidence: Alarm[] } {
  const waiting = new Map(view.pending.lines.map((line) => [line.seq, line.hash]));
  const fills = new Map(view.fills.map((fill) => [fill.seq, fill]));
  const evidence: Alarm[] = [];
  let openedBelow = view.pending.openedBelow;
  for (const { seq, hash, fill } of opening.lines) {
    const announced = waiting.get(seq);
    if (announced !== undefined && announced !== hash) evidence.push(differs(seq, atUs));
    waiting.delete(seq);
    openedBelow = Math.max(openedBelow, seq + 1);
    if (fill === null) fills.delete(seq);
    else fills.set(seq, { seq, mark: "sealed", leaf: opening.leaf, body: fill });
  }
  return {
    fills: newestFills([...fills.values()]),
    pending: { openedBelow, lines: [...waiting].map(([seq, hash]) => ({ seq, hash })) },
    evidence,
  };
}
