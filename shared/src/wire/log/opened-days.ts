import { type Bytes, BytesFailure, utf8, utf8Text } from "@believe/shared/base";
import type { JournalRecord } from "../record.ts";
import { DayFile } from "./day-file.ts";
import { LogFailure } from "./failure.ts";
import type { Leaf } from "./leaf.ts";
import {
  ahead,
  type LogSource,
  placed,
  placedAsync,
  tampered,
  type VerifyTools,
} from "./log-source.ts";
import { type CheckedOpening, checkOpening, OPENING_BYTES_MAX, widens } from "./opening.ts";
import { OpeningRule } from "./opening-rule.ts";
import { FILES_AHEAD } from "./rebuild.ts";

/** What the openings of a log showed. */
export interface OpenedLog {
  readonly leaves: number;
  /** Opened journal lines. */
  readonly records: number;
  /** Records of opened leaves that stay commitments. */
  readonly closed: number;
  readonly days: number;
  /** Of each UTC day how many records of its opened leaves stay commitments; days with none are left out. */
  readonly closedOn: ReadonlyMap<string, number>;
  /** Leaves of which nothing was opened. */
  readonly unopened: readonly Leaf[];
  /** The kind of account in the opened genesis record, null where it was not opened. */
  readonly account: "paper" | "live" | null;
  /** Records that opened redactions name. */
  readonly redactions: number;
  /** How many records each stream opened. */
  readonly streams: ReadonlyMap<JournalRecord["stream"], number>;
}

export interface OpenedLeaf {
  readonly leaf: Leaf;
  readonly text: string;
  readonly checked: CheckedOpening;
}

export interface OpeningOptions {
  readonly tools: VerifyTools;
  readonly onOpening?: (opened: OpenedLeaf) => void;
}

/** Recomputes every opened leaf from its opening and holds each day file against the openings of its day. */
export async function checkOpenings(
  source: LogSource,
  leaves: readonly Leaf[],
  options: OpeningOptions,
): Promise<OpenedLog> {
  const tally = new Tally(options);
  let days = 0;
  for (const [day, ofDay] of daysOf(leaves)) {
    const opened = await checkDay(source, day, ofDay, options.tools);
    for (const leaf of ofDay) tally.take(leaf, opened.get(leaf.index));
    if (opened.size > 0) days += 1;
  }
  const { sums, streams, closedOn, unopened, rule } = tally;
  const [hidden] = rule.unexplained;
  if (hidden !== undefined) {
    throw tampered(
      `${openingPlace(hidden.leaf)} seq ${hidden.seq}`,
      "expected every record of a paper account open or redacted, was one closed without a word",
    );
  }
  const { account, redactions } = rule;
  return { ...sums, days, closedOn, unopened, account, redactions, streams };
}

function daysOf(leaves: readonly Leaf[]): Map<string, Leaf[]> {
  const days = new Map<string, Leaf[]>();
  for (const leaf of leaves) {
    const day = leaf.minute.slice(0, 10);
    const known = days.get(day);
    if (known === undefined) days.set(day, [leaf]);
    else known.push(leaf);
  }
  return days;
}

export function openingPlace({ index, minute }: Leaf): string {
  return `open/${index} (${minute})`;
}

function opened(
  leaf: Leaf,
  bytes: Bytes,
  { hash }: VerifyTools,
  place = openingPlace(leaf),
): OpenedLeaf {
  return placed(place, () => {
    if (bytes.length > OPENING_BYTES_MAX) throw tampered(place, "expected a shorter opening");
    const text = utf8Text(bytes);
    return { leaf, text, checked: checkOpening(text, leaf, hash) };
  });
}

async function checkDay(
  source: LogSource,
  day: string,
  leaves: readonly Leaf[],
  tools: VerifyTools,
): Promise<Map<number, OpenedLeaf>> {
  const held = new Map<number, OpenedLeaf>();
  let refused: { readonly leaf: Leaf; readonly bytes: Bytes; readonly cause: unknown } | null =
    null;
  const load = ({ index }: Leaf) => source.get(`open/${index}`);
  for await (const [leaf, bytes] of ahead(leaves, FILES_AHEAD, load)) {
    if (bytes === null) continue;
    try {
      held.set(leaf.index, opened(leaf, bytes, tools));
    } catch (cause) {
      refused = { leaf, bytes, cause };
      break;
    }
  }
  const path = `open/${day}.jsonl.gz`;
  const gzip = await source.get(path);
  if (refused !== null) throw await explained(refused, () => DayFile.of(path, gzip, tools));
  const file = await placedAsync(path, () => DayFile.of(path, gzip, tools));
  await complete(source, { leaves, held, file }, tools);
  file.compare([...held.values()], leaves);
  return held;
}

/** The day file may still have the lines as they were sealed: then the finding can name the record. */
async function explained(
  refused: { readonly leaf: Leaf; readonly bytes: Bytes; readonly cause: unknown },
  open: () => Promise<DayFile>,
): Promise<unknown> {
  const { leaf, bytes, cause } = refused;
  if (!(cause instanceof LogFailure)) return cause;
  try {
    const seq = (await open()).differingSeq(leaf.index, utf8Text(bytes));
    if (seq === null) return cause;
    return tampered(`${openingPlace(leaf)} seq ${seq}`, cause.message, cause);
  } catch (other) {
    // The day file is damaged too, or the opening is no text: the first finding stands.
    if (other instanceof LogFailure || other instanceof BytesFailure) return cause;
    throw other;
  }
}

/**
 * A log that is being written: what was opened, or opened wider, while we read is in the day file as it was then, and
 * by now served alone at least as wide. What counts is what the day file shows; both are checked against the leaf.
 */
async function complete(
  source: LogSource,
  day: {
    readonly leaves: readonly Leaf[];
    readonly held: Map<number, OpenedLeaf>;
    readonly file: DayFile;
  },
  tools: VerifyTools,
): Promise<void> {
  const later = day.leaves.flatMap((leaf) => {
    const section = day.file.section(leaf.index);
    const before = day.held.get(leaf.index);
    if (section === null || section === before?.text) return [];
    return before === undefined || widens(before.text, section) ? [{ leaf, section }] : [];
  });
  const load = ({ leaf }: (typeof later)[number]) => source.get(`open/${leaf.index}`);
  for await (const [{ leaf, section }, bytes] of ahead(later, FILES_AHEAD, load)) {
    if (bytes === null) {
      throw tampered(openingPlace(leaf), "expected the opening that the day file holds, was none");
    }
    const now = opened(leaf, bytes, tools);
    if (now.text !== section && !widens(section, now.text)) {
      throw tampered(openingPlace(leaf), "expected what the day file shows or more, was less");
    }
    const place = day.file.place(leaf);
    const shown = now.text === section ? now : opened(leaf, utf8(section), tools, place);
    day.held.set(leaf.index, shown);
  }
}

/** Counts, and holds `seq` dense across leaves. */
class Tally {
  readonly sums = { leaves: 0, records: 0, closed: 0 };
  readonly streams = new Map<JournalRecord["stream"], number>();
  readonly closedOn = new Map<string, number>();
  readonly unopened: Leaf[] = [];
  readonly rule = new OpeningRule();
  readonly #options: OpeningOptions;
  #nextSeq = 0;
  #exact = true;

  constructor(options: OpeningOptions) {
    this.#options = options;
  }

  take(leaf: Leaf, opening: OpenedLeaf | undefined): void {
    if (opening === undefined) {
      this.#exact = false;
      this.unopened.push(leaf);
      return;
    }
    this.rule.take(leaf, opening.checked);
    const { firstSeq, lines, closed, records } = opening.checked;
    if (firstSeq !== null) {
      this.#follow(leaf, firstSeq);
      this.#nextSeq = firstSeq + lines.length + closed;
      this.#exact = true;
    }
    this.sums.leaves += 1;
    this.sums.records += lines.length;
    this.sums.closed += closed;
    const day = leaf.minute.slice(0, 10);
    if (closed > 0) this.closedOn.set(day, (this.closedOn.get(day) ?? 0) + closed);
    for (const { stream } of records) {
      this.streams.set(stream, (this.streams.get(stream) ?? 0) + 1);
    }
    this.#options.onOpening?.(opening);
  }

  #follow(leaf: Leaf, firstSeq: number): void {
    const wrong = this.#exact ? firstSeq !== this.#nextSeq : firstSeq < this.#nextSeq;
    if (!wrong) return;
    throw tampered(
      `${openingPlace(leaf)} seq ${firstSeq}`,
      `expected seq ${this.#nextSeq}${this.#exact ? "" : " or later"}, was ${firstSeq}`,
    );
  }
}
