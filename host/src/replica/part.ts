import type { Verify } from "@believe/shared/base";
import { parseRecord, RecordFailure } from "@believe/shared/wire";
import { LogFailure, openNote, parseNote, type Signer, signNote } from "@believe/shared/wire/log";
import { parseLeafRow } from "../spool/index.ts";
import { ReplicaFailure } from "./failure.ts";

const HEAD = "believe/part/v1";
const NAME = /^(journal|leaves)-(\d{12})-(\d{12})\.note$/;
/** Longest part in UTF-8 bytes, signature included. */
export const PART_BYTES_MAX = 2 * 1024 * 1024;

/** The two files of a record that grow by lines: the journal, and the sealed leaves with their salts. */
export const partSeries = ["journal", "leaves"] as const;
export type PartSeries = (typeof partSeries)[number];

export interface PartName {
  readonly series: PartSeries;
  /** Numbers of its first and last line: `seq` of the journal, index of the leaves. */
  readonly first: number;
  readonly last: number;
}

/** Consecutive lines of a series, exactly as they lie on the broker's disk. */
export interface Part extends PartName {
  readonly lines: readonly string[];
}

/** e.g. "journal-000000000100-000000000159.note"; names of a series sort by number. */
export function partName({ series, first, last }: PartName): string {
  const digits = (n: number): string => String(n).padStart(12, "0");
  return `${series}-${digits(first)}-${digits(last)}.note`;
}

/** Null for every name that `partName` would not write. */
export function parsePartName(name: string): PartName | null {
  const [, series, first = "", last = ""] = NAME.exec(name) ?? [];
  const known = partSeries.find((one) => one === series);
  if (known === undefined || Number(first) > Number(last)) return null;
  return { series: known, first: Number(first), last: Number(last) };
}

/**
 * The note of a part: head, origin, series with first and last number, then the lines; signed with the request key,
 * whose other signatures begin with the name of an HTTP component and never with our head.
 */
export async function signPart(part: Part, origin: string, signer: Signer): Promise<string> {
  const { series, first, last, lines } = part;
  return await signNote(
    [HEAD, origin, `${series} ${first} ${last}`, ...lines, ""].join("\n"),
    signer,
  );
}

/** Reads a part that was verified before: every line must be the one whose number is due. */
export function readPart(name: string, note: string, origin: string): Part {
  const about = parsePartName(name);
  if (about === null) throw bad(name, "the name of a part");
  const text = textOf(name, note);
  const [head, of, range, ...lines] = text.slice(0, -1).split("\n");
  const { series, first, last } = about;
  if (head !== HEAD || of !== origin || range !== `${series} ${first} ${last}`) {
    throw bad(name, `the head of part ${name} of ${origin}`);
  }
  if (lines.length !== last - first + 1) throw bad(name, `${last - first + 1} lines`);
  lines.forEach((line, i) => {
    if (numberOf(series, line, origin) !== first + i) {
      throw bad(name, `line ${first + i} of the ${series}`);
    }
  });
  return { ...about, lines };
}

/** Verifies that one of `vkeys` signed the part, and reads it. Throws `ReplicaFailure` for anything else. */
export async function openPart(
  name: string,
  note: string,
  by: { readonly origin: string; readonly vkeys: readonly string[]; readonly verify: Verify },
): Promise<Part> {
  const part = readPart(name, note, by.origin);
  for (const vkey of by.vkeys) {
    try {
      await openNote(note, vkey, by.verify, PART_BYTES_MAX);
      return part;
    } catch (failure) {
      if (!(failure instanceof LogFailure)) throw failure;
    }
  }
  throw bad(name, "a signature by the agent's request key");
}

function textOf(name: string, note: string): string {
  try {
    return parseNote(note, PART_BYTES_MAX).text;
  } catch (cause) {
    if (!(cause instanceof LogFailure)) throw cause;
    throw new ReplicaFailure("bad-part", `in part ${name}: ${cause.message}`, { cause });
  }
}

function numberOf(series: PartSeries, line: string, origin: string): number | null {
  if (series === "leaves") return parseLeafRow(line, origin)?.index ?? null;
  try {
    return parseRecord(line).seq;
  } catch (failure) {
    if (failure instanceof RecordFailure) return null;
    throw failure;
  }
}

function bad(name: string, expected: string): ReplicaFailure {
  return new ReplicaFailure("bad-part", `expected ${expected} in ${name}, was other text`);
}
