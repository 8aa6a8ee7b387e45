import {
  type Bytes,
  base64,
  fromBase64,
  type Sha256,
  sameBytes,
  sha256,
  utf8,
} from "@believe/shared/base";
import { z } from "zod";
import { count, hashBase64, minuteText, saltBase64 } from "../fields.ts";
import { type JournalRecord, LINE_BYTES_MAX, parseRecord, RecordFailure } from "../record.ts";
import { LogFailure } from "./failure.ts";
import { commitmentOf, type Leaf, saltedRoot } from "./leaf.ts";

/** Longest opening of one leaf that is accepted, in UTF-8 bytes. */
export const OPENING_BYTES_MAX = 4 * 1024 * 1024;

const LF = 10;
/** How a closed item begins; a journal line begins with its version. */
const CLOSED = '{"seq":';

const header = z.strictObject({
  v: z.literal(1),
  open: z.literal("believe/open/v1"),
  origin: z.string().min(1).max(128),
  leaf: count,
  minute: minuteText,
  salt: saltBase64,
});
const closedItem = z.strictObject({ seq: count, commitment: hashBase64 });

/** A record of the minute: its line, or only its commitment while it stays closed. */
export type OpeningItem =
  | { readonly line: string }
  | { readonly seq: number; readonly commitment: Bytes };

export interface Opening {
  readonly origin: string;
  readonly leaf: number;
  readonly minute: string;
  readonly salt: Bytes;
  /** In seq order, dense. */
  readonly items: readonly OpeningItem[];
}

/** The header and one line per record, each with its line feed. */
export function openingText({ origin, leaf, minute, salt, items }: Opening): string {
  const head = { v: 1, open: "believe/open/v1", origin, leaf, minute, salt: base64(salt) };
  const lines = items.map((item) =>
    "line" in item
      ? item.line
      : JSON.stringify({ seq: item.seq, commitment: base64(item.commitment) }),
  );
  return [JSON.stringify(head), ...lines].map((line) => `${line}\n`).join("");
}

/** What an opening shows once it was checked. */
export interface CheckedOpening {
  /** The opened journal lines, exactly as written, without line feeds. */
  readonly lines: readonly string[];
  /** The same, parsed. */
  readonly records: readonly JournalRecord[];
  /** What each of them was committed to by. */
  readonly commitments: readonly Bytes[];
  /** How many records stay closed. */
  readonly closed: number;
  /** Seq of the first record of the minute, null for an empty one. */
  readonly firstSeq: number | null;
}

function refused(message: string): LogFailure {
  return new LogFailure("not-this-leaf", message);
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** One line of the body: a closed item or a journal record. */
function itemOf(line: string): { seq: number; commitment: Bytes } | JournalRecord {
  if (isClosed(line)) {
    const closed = closedItem.safeParse(jsonOf(line));
    if (closed.success && line === JSON.stringify(closed.data)) {
      return { seq: closed.data.seq, commitment: fromBase64(closed.data.commitment) };
    }
  }
  try {
    return parseRecord(line);
  } catch (cause) {
    if (!(cause instanceof RecordFailure)) throw cause;
    throw new LogFailure("malformed", `expected a journal line, was none: ${cause.message}`, {
      cause,
    });
  }
}

function isClosed(line: string): boolean {
  return line.startsWith(CLOSED);
}

function sameSeq(closed: string, line: string): boolean {
  const item = closedItem.safeParse(jsonOf(closed));
  return item.success && line.startsWith(`{"v":1,"seq":${item.data.seq},`);
}

/**
 * Whether `wide` opens everything that `narrow` opens, in the same bytes, and at least one record more. Of two texts
 * it tells no more than that: that they are openings of one leaf, `checkOpening` has to say.
 */
export function widens(narrow: string, wide: string): boolean {
  const before = narrow.split("\n");
  const after = wide.split("\n");
  if (before.length !== after.length || before[0] !== after[0]) return false;
  let opened = 0;
  for (const [i, line] of before.entries()) {
    const now = after[i] ?? "";
    if (line === now) continue;
    if (!isClosed(line) || isClosed(now) || !sameSeq(line, now)) return false;
    opened += 1;
  }
  return opened > 0;
}

/**
 * What two openings of one leaf show together; null for texts of two leaves. Like `widens` it compares texts only:
 * `checkOpening` has to be asked of what comes out.
 */
export function together(one: string, other: string): string | null {
  const left = one.split("\n");
  const right = other.split("\n");
  if (left.length !== right.length || left[0] !== right[0]) return null;
  return left.map((line, i) => (isClosed(line) ? (right[i] ?? line) : line)).join("\n");
}

/** The open records of a checked opening, and what each was committed to by. */
export function openRecords(
  text: string,
  hash: Sha256 = sha256,
): Pick<CheckedOpening, "records" | "commitments"> {
  const [, ...lines] = text.slice(0, -1).split("\n");
  const open = lines.filter((line) => line !== "" && !isClosed(line));
  return {
    records: open.map((line) => parseRecord(line)),
    commitments: open.map((line) => commitmentOf(utf8(line), hash)),
  };
}

/** Every record of a checked opening in its order: its commitment and, where it is open, its line. */
export function openingRecords(
  text: string,
  hash: Sha256 = sha256,
): { readonly seq: number; readonly commitment: Bytes; readonly line: string | null }[] {
  const [, ...lines] = text.slice(0, -1).split("\n");
  return lines.map((line) => {
    const item = itemOf(line);
    return "commitment" in item
      ? { ...item, line: null }
      : { seq: item.seq, commitment: commitmentOf(utf8(line), hash), line };
  });
}

/** The header of an opening, before anything of it is believed. Null when it has none. */
export function openingHeader(text: string): z.infer<typeof header> | null {
  const end = text.indexOf("\n");
  const parsed = header.safeParse(jsonOf(text.slice(0, Math.max(0, end))));
  return parsed.success ? parsed.data : null;
}

/**
 * Checks that an opening recomputes `leaf`: header, dense seq, every line a record, salted root.
 * Throws `LogFailure` otherwise. Nothing in it may be believed before.
 */
export function checkOpening(text: string, leaf: Leaf, hash: Sha256 = sha256): CheckedOpening {
  if (!text.endsWith("\n")) {
    throw new LogFailure("malformed", "expected lines that end in LF, was a torn one");
  }
  const [head = "", ...lines] = text.slice(0, -1).split("\n");
  const about = openingHeader(`${head}\n`);
  if (about === null || head !== JSON.stringify(about)) {
    throw new LogFailure("malformed", "expected the header of an opening, was another line");
  }
  const { origin, minute } = about;
  if (origin !== leaf.origin || about.leaf !== leaf.index || minute !== leaf.minute) {
    throw refused(`expected the opening of leaf ${leaf.index}, was that of ${about.leaf}`);
  }
  const opened: string[] = [];
  const records: JournalRecord[] = [];
  const shown: Bytes[] = [];
  const commitments: Bytes[] = [];
  let firstSeq: number | null = null;
  const whole = utf8(text);
  let at = whole.indexOf(LF) + 1;
  for (const line of lines) {
    const bytes = whole.subarray(at, whole.indexOf(LF, at));
    at += bytes.length + 1;
    if (bytes.length > LINE_BYTES_MAX) {
      throw new LogFailure("too-large", `expected lines of at most ${LINE_BYTES_MAX} bytes`);
    }
    const item = itemOf(line);
    firstSeq ??= item.seq;
    if (item.seq !== firstSeq + commitments.length) {
      throw refused(`expected seq ${firstSeq + commitments.length}, was ${item.seq}`);
    }
    if ("commitment" in item) {
      commitments.push(item.commitment);
    } else {
      const commitment = commitmentOf(bytes, hash);
      opened.push(line);
      records.push(item);
      shown.push(commitment);
      commitments.push(commitment);
    }
  }
  if (!sameBytes(saltedRoot(fromBase64(about.salt), commitments, hash), leaf.root)) {
    throw refused(`expected lines and salt that recompute leaf ${leaf.index}, was others`);
  }
  const closed = lines.length - opened.length;
  return { lines: opened, records, commitments: shown, closed, firstSeq };
}
