import { join } from "node:path";
import type { Quarantine, Rewrite, TailConsumer, Tailer, TailState } from "@believe/host/tail";
import { DAY_US, MINUTE_US, SECOND_US } from "@believe/shared/base";
import type { MarketEvent, Source } from "@believe/shared/market";
import { DomParser } from "./dom-parser.ts";
import { instrumentFor } from "./file-name.ts";
import type { Fault, RowParser } from "./row-parser.ts";
import { RunMarks } from "./run-marks.ts";
import { holdsText } from "./run-search.ts";
import type { SeriesState, SierraCounters } from "./sierra-state.ts";
import { TickParser } from "./tick-parser.ts";

/** A row this far behind the newest one is out of order. */
const LATE_US = 2 * SECOND_US;
/** A row this far ahead of the clock is none of this market's; taken, it would make every good row after it late. */
const AHEAD_US = 5 * MINUTE_US;
/** A row may be filed this far beside the UTC day in its file's name. */
const DAY_SLACK_US = MINUTE_US;
/** Finished files that are remembered, for a capture that turns out to be behind. */
const MOST_FILES = 32;

/** One file; `end` is the byte up to which the counters know it. */
interface FileMark {
  readonly name: string;
  end: number;
  last: Source | null;
}

/** An accepted row and the place in time where it goes out: its stamp, or the newest before it. */
export interface Pending {
  readonly keyUs: number;
  readonly event: MarketEvent;
}

export interface SeriesReaderOptions {
  readonly key: string;
  readonly kind: "ticks" | "dom";
  readonly symbol: string;
  readonly folder: string;
  readonly quarantine: Quarantine;
  readonly counters: SierraCounters;
  readonly state: SeriesState | null;
  /** The last row that the consumer has for good. */
  readonly after: Source | null;
  readonly clockUs: () => number;
}

/**
 * Decides for each row of one series of daily files whether it is good, new to the counters and new to the
 * consumer. The counters know every row once, whatever is rewritten or read again; the consumer gets every
 * row after the last that it has for good.
 */
export class SeriesReader implements TailConsumer {
  readonly kind: "ticks" | "dom";
  readonly pending: Pending[] = [];
  readonly #options: SeriesReaderOptions;
  readonly #runs: RunMarks;
  readonly #files: FileMark[];
  /** Where an earlier process stopped, until the file's turn has come. */
  #resumed: SeriesState | null;
  #from: string | null;
  #parser: RowParser | null = null;
  #file: FileMark = { name: "", end: 0, last: null };
  #path = "";
  #dayUs = 0;
  /** Rows before this byte of the file are in the counters already. */
  #countedEnd = 0;
  #rewritten = false;
  #newestUs: number;
  /** The row that must be met before anything is delivered; null when there is none to wait for. */
  #seeking: Source | null = null;

  constructor(options: SeriesReaderOptions) {
    const { state, after } = options;
    this.kind = options.kind;
    this.#options = options;
    this.#resumed = state;
    this.#runs = new RunMarks(state?.runs);
    this.#files = (state?.files ?? []).map((file) => ({ ...file }));
    this.#from = this.#files.at(-1)?.name ?? null;
    this.#newestUs = state?.newestUs ?? Number.NEGATIVE_INFINITY;
    if (after !== null && !this.#runs.has(after.run)) this.#seeking = after;
    else if (this.#runs.deliveredUpTo(after)) this.#readAgain(after);
  }

  get key(): string {
    return this.#options.key;
  }

  /** Everything read later goes out at this stamp or after it. */
  get newestUs(): number {
    return this.#newestUs;
  }

  /** The file to begin with, or null for the first that is there. */
  get from(): string | null {
    return this.#from;
  }

  /** Is the awaited run in any of these files? If not, the consumer's last row is from files that are gone. */
  lookForRun(names: readonly string[]): void {
    const run = this.#seeking?.run;
    if (run === undefined) return;
    const later = names.filter((name) => this.#from === null || name >= this.#from);
    const there = later.some((name) => holdsText(join(this.#options.folder, name), run));
    if (!there) this.#seeking = null;
  }

  /** The turn of a file has come. */
  open(name: string): { consumer: TailConsumer; state: TailState | null } {
    const { folder, kind, symbol } = this.#options;
    const resumed = this.#resumed;
    this.#resumed = null;
    this.#path = join(folder, name);
    this.#rewritten = false;
    const day = name.slice(-12, -4);
    this.#dayUs = Date.UTC(+day.slice(0, 4), +day.slice(4, 6) - 1, +day.slice(6)) * 1000;
    const instrument = instrumentFor(symbol);
    const Parser = kind === "ticks" ? TickParser : DomParser;
    this.#parser = instrument && new Parser(instrument, name.slice(0, -4));
    this.#file = this.#fileMark(name);
    this.#countedEnd = this.#file.end;
    const tail = resumed?.files.at(-1)?.name === name ? resumed.tail : null;
    if (tail === null) this.#runs.keepPass();
    else this.#parser?.adopt(Buffer.from(resumed?.header ?? ""));
    return { consumer: this, state: tail };
  }

  /** What to keep, given the tailer of the current file. */
  state(tailer: Tailer | null): SeriesState {
    if (this.#resumed) return this.#resumed;
    return {
      key: this.key,
      newestUs: Number.isFinite(this.#newestUs) ? this.#newestUs : null,
      runs: this.#runs.state,
      files: this.#files.map((file) => ({ ...file })),
      header: this.#parser?.header ?? "",
      tail: tailer && tailer.offset > 0 ? tailer.state : null,
    };
  }

  line(line: Buffer, offset: number): void {
    const end = offset + line.length + 1;
    if (end > this.#file.end) this.#file.end = end;
    if (offset === 0 && this.#isHeader(line)) return;
    const filler = line[0] === 0 ? fillerOf(line) : 0;
    if (filler > 0) {
      // A power loss filled the file's tail with NULs; the row that was appended later is good.
      this.#refuse(line.subarray(0, filler), offset, "not-utf8");
      if (filler === line.length) return;
    }
    const row = filler > 0 ? line.subarray(filler) : line;
    const parsed = this.#parser === null ? "unknown-symbol" : this.#parser.parse(row);
    if (typeof parsed !== "string") this.#judge(parsed, row, offset + filler);
    else if (!this.#isHeader(row)) this.#refuse(row, offset + filler, parsed);
  }

  refused(piece: Buffer, offset: number, why: "overlong" | "overlong-rest" | "torn"): void {
    this.#file.end = Math.max(this.#file.end, offset + piece.length);
    const fault = why === "torn" ? "short-row" : "oversized-line";
    this.#refuse(piece, offset, fault, why !== "overlong-rest");
  }

  rewritten(_why: Rewrite): void {
    this.#options.counters.rewrites++;
    this.#rewritten = true;
    this.#countedEnd = 0;
    this.#file.end = 0;
    this.#runs.restartPass();
  }

  #judge(event: MarketEvent, row: Buffer, offset: number): void {
    const { run, seq } = event.source;
    const mark = this.#runs.of(run);
    if (seq <= mark.pass) {
      this.#refuse(row, offset, seq === mark.pass ? "duplicate" : "out-of-order");
      return;
    }
    if (run === this.#seeking?.run) {
      mark.delivered = this.#seeking.seq;
      this.#seeking = null;
    }
    const isOld = this.#seeking !== null || seq <= mark.delivered;
    const fault = this.#stampFault(event.stampUs);
    if (fault !== null) {
      // Rows of before the rewrite may lie behind the newest stamp: they were judged when they were new.
      if (!isOld) this.#refuse(row, offset, fault);
      return;
    }
    mark.pass = seq;
    if (event.stampUs > this.#newestUs) this.#newestUs = event.stampUs;
    this.#file.last = event.source;
    if (seq > mark.counted) {
      mark.counted = seq;
      if (this.kind === "ticks") this.#options.counters.rowsRead++;
      else this.#options.counters.domRows++;
    }
    if (isOld) return;
    mark.delivered = seq;
    this.pending.push({ keyUs: this.#newestUs, event });
  }

  #stampFault(stampUs: number): Fault | null {
    if (stampUs < this.#newestUs - LATE_US) return "out-of-order";
    if (stampUs > this.#options.clockUs() + AHEAD_US) return "bad-stamp";
    const sinceDay = stampUs - this.#dayUs;
    return sinceDay < -DAY_SLACK_US || sinceDay >= DAY_US + DAY_SLACK_US ? "bad-stamp" : null;
  }

  #refuse(bytes: Buffer, offset: number, reason: Fault, counts = true): void {
    const { quarantine, counters } = this.#options;
    const path = this.#path;
    const isKnown = this.#rewritten
      ? quarantine.has(path, offset, bytes)
      : offset < this.#countedEnd;
    if (isKnown) return;
    quarantine.add({ path, offset, reason, bytes });
    if (!counts) return;
    if (this.kind === "dom") counters.domQuarantined++;
    else {
      counters.rowsRead++;
      counters.rowsQuarantined++;
    }
  }

  #isHeader(line: Buffer): boolean {
    return this.#parser === null ? line.includes("ts_utc") : this.#parser.adopt(line);
  }

  #fileMark(name: string): FileMark {
    const known = this.#files.find((file) => file.name === name);
    if (known) return known;
    const file: FileMark = { name, end: 0, last: null };
    this.#files.push(file);
    if (this.#files.length > MOST_FILES) this.#files.shift();
    return file;
  }

  /** Back to the file that holds the row after `after`: the consumer lost what it had of it. */
  #readAgain(after: Source | null): void {
    const file = this.#files.find(({ last }) => last !== null && this.#runs.isAfter(last, after));
    this.#from = after === null ? null : (file?.name ?? this.#from);
    this.#resumed = null;
    this.#newestUs = Number.NEGATIVE_INFINITY;
    this.#runs.forgetPass();
  }
}

/** How many NUL bytes the line begins with. */
function fillerOf(line: Buffer): number {
  let length = 0;
  while (length < line.length && line[length] === 0) length++;
  return length;
}
