import { isoUs, type TimeUs, timeUs } from "@believe/shared/base";
import { type Instrument, instrumentOf } from "@believe/shared/market";
import type { Tape, TapeRow } from "../tape/index.ts";
import { DOM_COLUMNS, dayOf, domCells, TICK_COLUMNS, tickCells } from "./layout.ts";
import { StudyFailure, StudyFolder, type Written } from "./study-folder.ts";

/** At most this many rows leave in one flush, so that catching up never blocks the process for long. */
const ROWS_PER_FLUSH = 20_000;

export interface StudyOptions {
  readonly folder: string;
  readonly tape: Tape;
  /** Tape seconds for one second of the wall clock. */
  readonly speed: number;
  /** The wall time at which the tape's start is played; default: the tape goes on from the last row in the folder. */
  readonly startWallUs?: number | undefined;
  /** Sierra calls a study at the chart's update interval, not for each tick. */
  readonly chartIntervalMs?: number | undefined;
  /** Sierra's start stamp; default: the wall time of `start`. */
  readonly runId?: string | undefined;
  readonly wallUs?: (() => number) | undefined;
  /** Hears every row of the tape once, from its beginning on: those first that are in the folder already. */
  readonly onRow?: ((row: TapeRow) => void) | undefined;
}

/**
 * The study inside Sierra, as seen from its files. It plays a tape in bursts and appends to daily files
 * that it opens and closes for every burst. Started again in the same folder it goes on after the last
 * complete row that is there, under a new run, and writes what has fallen due meanwhile at once.
 */
export class SierraStudy {
  /** Settles when the tape has been played to its end, or the study was stopped. */
  readonly done: Promise<"ended" | "stopped">;
  readonly #options: StudyOptions;
  readonly #instrument: Instrument;
  readonly #ticks: StudyFolder;
  readonly #dom: StudyFolder;
  readonly #rows: Generator<TapeRow, void, undefined>;
  readonly #wallUs: () => number;
  #next: TapeRow | null = null;
  #runId: string;
  #startWallUs: number;
  #timer: NodeJS.Timeout | null = null;
  #tickRows = 0;
  #domRows = 0;
  #tickSeq = 0;
  #domSeq = 0;
  /** Rows that one kind of file has beyond the other since a kill between the two files of one burst. */
  #surplus = { ticks: 0, dom: 0 };
  #newestUs: TimeUs;
  #isCaughtUp = false;
  #settle: { end(how: "ended" | "stopped"): void; fail(error: unknown): void };

  constructor(options: StudyOptions) {
    const { tape, folder } = options;
    const { symbol, startUs } = tape.info;
    this.#options = options;
    this.#instrument = instrumentOf(symbol);
    this.#ticks = new StudyFolder({ folder, kind: "ticks", symbol, header: tickHeader(tape) });
    this.#dom = new StudyFolder({ folder, kind: "dom", symbol, header: DOM_COLUMNS });
    this.#rows = tape.rows();
    this.#wallUs = options.wallUs ?? (() => Date.now() * 1000);
    this.#runId = options.runId ?? "";
    this.#startWallUs = options.startWallUs ?? 0;
    this.#newestUs = startUs;
    const { promise, resolve, reject } = Promise.withResolvers<"ended" | "stopped">();
    this.done = promise;
    this.#settle = { end: resolve, fail: reject };
  }

  /** Tick rows and snapshots written by this run. */
  get rowsWritten(): { readonly ticks: number; readonly dom: number } {
    return { ticks: this.#tickRows, dom: this.#domRows };
  }

  /** The wall time at which the tape's start is (or would have been) played; known once started. */
  get startWallUs(): number {
    return this.#startWallUs;
  }

  /** True when the newest burst left no row of the tape overdue. */
  get isCaughtUp(): boolean {
    return this.#isCaughtUp;
  }

  /** Looks at the folder and begins. Throws `StudyFailure` when the folder cannot be used. */
  start(): void {
    const wallUs = this.#wallUs();
    if (this.#runId === "") this.#runId = new Date(wallUs / 1000).toISOString().replace(/\W/g, "");
    this.#goOn(this.#ticks.recover(this.#tickEnds()), this.#dom.recover(this.#domEnds()));
    if (this.#options.startWallUs === undefined) {
      const playedUs = this.#newestUs - this.#options.tape.info.startUs;
      this.#startWallUs = wallUs - playedUs / this.#options.speed;
    }
    this.#burst();
  }

  /** Writes what is due and stops. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#flush();
    this.#settle.end("stopped");
  }

  *#tickEnds(): Generator<string> {
    const { tape } = this.#options;
    for (const row of tape.rows()) {
      if (row.kind === "dom") continue;
      const text = this.#tickText(row);
      if (text !== tape.columns) yield text;
    }
  }

  *#domEnds(): Generator<string> {
    for (const row of this.#options.tape.rows()) {
      if (row.kind === "dom") yield domCells(this.#instrument, row);
    }
  }

  /** Passes over the rows that are in the folder already, each file by its own count. */
  #goOn(ticks: Written, dom: Written): void {
    const { tape, folder } = this.#options;
    if (ticks.rows === 0 && ticks.foreign > 0) {
      const message = `expected the rows of ${tape.info.name} in ${folder}, was another tape`;
      throw new StudyFailure("other-tape", message);
    }
    this.#tickSeq = seqAfter(ticks.lastLine, this.#runId);
    this.#domSeq = seqAfter(dom.lastLine, this.#runId);
    let tickRows = ticks.rows;
    let domRows = dom.rows;
    this.#advance();
    for (; this.#next !== null && tickRows + domRows > 0; this.#advance()) {
      const row = this.#next;
      if (row.kind !== "dom") {
        if (tickRows === 0) break;
        if (this.#tickText(row) !== tape.columns) tickRows--;
      } else {
        if (domRows === 0) break;
        domRows--;
      }
      this.#newestUs = timeUs(Math.max(row.stampUs, this.#newestUs));
      this.#options.onRow?.(row);
    }
    this.#surplus = { ticks: tickRows, dom: domRows };
  }

  #advance(): void {
    const step = this.#rows.next();
    this.#next = step.done ? null : step.value;
  }

  #burst(): void {
    this.#timer = null;
    try {
      const { speed, tape, chartIntervalMs = 20 } = this.#options;
      const passedUs = (this.#wallUs() - this.#startWallUs) * speed;
      const dueUs = tape.info.startUs + passedUs;
      // Two bursts wait for a file that another process holds, instead of growing.
      const clear = this.#flush();
      for (let rows = 0; clear && rows < ROWS_PER_FLUSH; rows++) {
        if (this.#next === null || this.#next.stampUs > dueUs) break;
        this.#write(this.#next);
        this.#advance();
      }
      const flushed = this.#flush();
      this.#isCaughtUp = flushed && (this.#next === null || this.#next.stampUs > dueUs);
      if (this.#next === null && flushed) {
        this.#settle.end("ended");
        return;
      }
      this.#timer = setTimeout(() => this.#burst(), chartIntervalMs);
    } catch (error) {
      this.#settle.fail(error);
    }
  }

  /** Snapshots first: whoever sees a tick can then see every snapshot before it. */
  #flush(): boolean {
    return this.#dom.flush() && this.#ticks.flush();
  }

  #write(row: TapeRow): void {
    this.#options.onRow?.(row);
    this.#newestUs = timeUs(Math.max(row.stampUs, this.#newestUs));
    const day = dayOf(this.#newestUs);
    if (row.kind === "dom") {
      if (this.#surplus.dom > 0) {
        this.#surplus.dom--;
        return;
      }
      this.#domRows++;
      const head = `${this.#runId},${++this.#domSeq},${isoUs(row.stampUs)},${this.#tickSeq}`;
      this.#dom.add(day, `${head},${domCells(this.#instrument, row)}`);
      return;
    }
    if (this.#surplus.ticks > 0) {
      this.#surplus.ticks--;
      return;
    }
    this.#tickRows++;
    this.#ticks.add(day, this.#tickLine(row));
  }

  #tickLine(row: Exclude<TapeRow, { kind: "dom" }>): string {
    const text = this.#tickText(row);
    if (row.kind === "tick") return `${this.#runId},${++this.#tickSeq},${text}`;
    const { columns } = this.#options.tape;
    if (text === columns) return tickHeader(this.#options.tape);
    return hasRunId(columns) ? text : `${this.#runId},${text}`;
  }

  #tickText(row: Exclude<TapeRow, { kind: "dom" }>): string {
    return row.kind === "tick" ? tickCells(this.#instrument, row) : row.line.toString("latin1");
  }
}

/** The number after which a run goes on: 0 for a new run. */
function seqAfter(lastLine: string | null, runId: string): number {
  const [run, seq] = lastLine?.split(",") ?? [];
  return run === runId ? Number(seq) || 0 : 0;
}

function hasRunId(columns: string | null): boolean {
  return columns?.split(",").includes("run_id") ?? true;
}

function tickHeader(tape: Tape): string {
  if (tape.columns === null) return TICK_COLUMNS;
  return hasRunId(tape.columns) ? tape.columns : `run_id,${tape.columns}`;
}
