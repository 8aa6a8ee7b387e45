import { readdirSync } from "node:fs";
import {
  FolderTailer,
  Quarantine,
  readStateFile,
  type Series,
  writeStateFile,
} from "@believe/host/tail";
import { invariant } from "@believe/shared/base";
import type { MarketEvent, Source } from "@believe/shared/market";
import type { DataProvider, OnEvents } from "@believe/shared/trade";
import { sierraDataCapabilities } from "./data-capabilities.ts";
import { type FileName, fileNameOf } from "./file-name.ts";
import { SeriesReader } from "./series-reader.ts";
import { type SierraCounters, type SierraState, sierraState } from "./sierra-state.ts";

/** Bytes read of one series in one poll, and rows that may wait for the other series. */
const POLL_BYTES = 512 * 1024;
const MOST_PENDING = 20_000;
/** After this much silence no tick is on its way that belongs before a snapshot. */
const SETTLED_MS = 50;

export interface SierraDataOptions {
  /** Where the study writes; made when it is missing. */
  readonly folder: string;
  readonly quarantineFolder: string;
  readonly stateFile: string;
  readonly pollMs?: number;
  /** Only this symbol's files are read; without it every symbol's. `after` then means the one symbol there is. */
  readonly symbol?: string;
  /** The last rows that the consumer has for good: delivery goes on after them, whatever the state says. */
  readonly after: { readonly ticks: Source | null; readonly dom: Source | null };
  /** One batch for each poll that found rows, in the order of their stamps, ticks before snapshots. */
  readonly onEvents: OnEvents;
  readonly wallUs?: () => number;
  /** What the clock that stamps the rows reads now: a row from beyond it is a bad one. None is without it. */
  readonly clockUs?: () => number;
}

/** Sierra's market data from the files that its study writes. */
export class SierraData implements DataProvider {
  readonly capabilities = sierraDataCapabilities;
  readonly counters: SierraCounters;
  readonly #options: SierraDataOptions;
  readonly #tailer: FolderTailer;
  readonly #quarantine: Quarantine;
  readonly #readers = new Map<string, SeriesReader>();
  readonly #kinds = new Map<string, FileName>();
  readonly #known: ReadonlyMap<string, SierraState["series"][number]>;
  #timer: NodeJS.Timeout | null = null;
  #savedText = "";
  #foundMs = Number.NEGATIVE_INFINITY;
  #running = false;
  #caughtUp = false;
  #lastRowWallUs: number | null = null;

  /** Throws `TailFailure` when the state file is damaged. */
  constructor(options: SierraDataOptions) {
    this.#options = options;
    const state = readStateFile(options.stateFile, sierraState);
    this.counters = state?.counters ?? {
      rowsRead: 0,
      rowsQuarantined: 0,
      domRows: 0,
      domQuarantined: 0,
      rewrites: 0,
    };
    this.#known = new Map(state?.series.map((series) => [series.key, series]));
    this.#quarantine = new Quarantine({ folder: options.quarantineFolder });
    this.#tailer = new FolderTailer({
      folder: options.folder,
      seriesOf: (name) => this.#keyOf(name),
      open: (key, name) => this.#readerOf(key).open(name),
      from: (key) => this.#readerOf(key).from,
    });
  }

  /** True when the last poll found no further bytes in any file and everything read was delivered. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  /** Wall time at which the newest batch was delivered; null before the first. */
  get lastRowWallUs(): number | null {
    return this.#lastRowWallUs;
  }

  /** Quarantined pieces of this process, by reason. */
  get quarantined(): ReadonlyMap<string, number> {
    return this.#quarantine.counts;
  }

  /** Throws `TailFailure` when the folder cannot be used. */
  async start(): Promise<void> {
    await this.#tailer.start();
    this.#running = true;
    this.#again(0);
  }

  /** Ends polling; `saveState` is the caller's, once it has kept what was delivered. */
  async stop(): Promise<void> {
    this.#running = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#tailer.stop();
    this.#quarantine.flush();
  }

  /** Reads what the files hold by now, up to a bound, and delivers it. */
  poll(): void {
    this.#tailer.scan();
    let hasMore = false;
    let found = false;
    let ticksUs = Number.NEGATIVE_INFINITY;
    let horizonUs = Number.POSITIVE_INFINITY;
    // The study flushes snapshots before ticks; reading ticks first, no snapshot is behind the ticks we have.
    for (const { series, reader } of this.#inOrder()) {
      const before = reader.pending.length;
      // Whoever is ahead waits, so that rows leave in the order of their stamps.
      if (before >= MOST_PENDING || !series.poll(POLL_BYTES)) {
        hasMore = true;
        horizonUs = Math.min(horizonUs, reader.newestUs);
      }
      found ||= reader.pending.length > before;
      if (reader.kind === "ticks") ticksUs = Math.max(ticksUs, reader.newestUs);
    }
    const nowMs = performance.now();
    if (found) this.#foundMs = nowMs;
    // A snapshot may be ahead of ticks whose flush is still to come.
    const isSettled = nowMs - this.#foundMs >= SETTLED_MS || !Number.isFinite(ticksUs);
    if (!isSettled) horizonUs = Math.min(horizonUs, ticksUs);
    this.#quarantine.flush();
    const batch = merged([...this.#readers.values()], horizonUs);
    this.#caughtUp =
      !hasMore && [...this.#readers.values()].every((one) => one.pending.length === 0);
    if (batch.length === 0) return;
    this.#lastRowWallUs = this.#options.wallUs?.() ?? Date.now() * 1000;
    this.#options.onEvents(batch);
  }

  /** Keeps counters and positions for the next start, whole or not at all. Call it once the batches so far are kept. */
  saveState(): void {
    this.#quarantine.flush();
    const series = new Map(this.#known);
    const tailed = new Map([...this.#tailer.series].map((one): [string, Series] => [one.key, one]));
    for (const [key, reader] of this.#readers) {
      series.set(key, reader.state(tailed.get(key)?.current?.tailer ?? null));
    }
    const state: SierraState = { v: 1, counters: this.counters, series: [...series.values()] };
    const text = JSON.stringify(state);
    if (text === this.#savedText) return;
    writeStateFile(this.#options.stateFile, state);
    this.#savedText = text;
  }

  #again(afterMs: number): void {
    this.#timer = setTimeout(() => {
      this.poll();
      if (this.#running) this.#again(this.#caughtUp ? (this.#options.pollMs ?? 5) : 0);
    }, afterMs);
  }

  #keyOf(name: string): string | null {
    const file = fileNameOf(name);
    const { symbol } = this.#options;
    if (!file || (symbol !== undefined && file.symbol !== symbol)) return null;
    const key = `${file.kind}_RGW_${file.symbol}`;
    this.#kinds.set(key, file);
    return key;
  }

  #inOrder(): { readonly series: Series; readonly reader: SeriesReader }[] {
    return [...this.#tailer.series]
      .map((series) => ({ series, reader: this.#readerOf(series.key) }))
      .sort((a, b) => rankOf(a.reader) - rankOf(b.reader));
  }

  #readerOf(key: string): SeriesReader {
    let reader = this.#readers.get(key);
    if (reader) return reader;
    const { folder, after, clockUs } = this.#options;
    const file = this.#kinds.get(key);
    invariant(file, "a series is read because a file of it was named");
    reader = new SeriesReader({
      ...file,
      key,
      folder,
      quarantine: this.#quarantine,
      counters: this.counters,
      state: this.#known.get(key) ?? null,
      after: after[file.kind],
      clockUs: clockUs ?? (() => Number.POSITIVE_INFINITY),
    });
    const names = readdirSync(folder).filter((name) => this.#keyOf(name) === key);
    reader.lookForRun(names.sort());
    this.#readers.set(key, reader);
    return reader;
  }
}

/** Takes out of the readers what may leave up to `horizonUs`, in the order of stamps, ticks before snapshots. */
function merged(readers: readonly SeriesReader[], horizonUs: number): readonly MarketEvent[] {
  const sources = readers
    .filter((reader) => reader.pending.length > 0)
    .sort((a, b) => rankOf(a) - rankOf(b) || (a.key < b.key ? -1 : 1))
    .map((reader) => ({ pending: reader.pending, next: 0 }));
  const batch: MarketEvent[] = [];
  for (;;) {
    let first: (typeof sources)[number] | null = null;
    let firstUs = Number.POSITIVE_INFINITY;
    for (const source of sources) {
      const keyUs = source.pending[source.next]?.keyUs ?? Number.POSITIVE_INFINITY;
      if (keyUs < firstUs && keyUs <= horizonUs) {
        first = source;
        firstUs = keyUs;
      }
    }
    const event = first?.pending[first.next]?.event;
    if (!first || !event) break;
    batch.push(event);
    first.next++;
  }
  for (const source of sources) source.pending.splice(0, source.next);
  return batch;
}

function rankOf(reader: SeriesReader): number {
  return reader.kind === "ticks" ? 0 : 1;
}
