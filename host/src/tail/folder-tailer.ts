import { mkdirSync, readdirSync } from "node:fs";
import { type FSWatcher, watch } from "chokidar";
import { Series } from "./series.ts";
import { systemCode, TailFailure } from "./tail-failure.ts";
import type { TailState } from "./tail-state.ts";
import type { TailConsumer } from "./tailer.ts";

export interface FolderTailerOptions {
  readonly folder: string;
  /** The series a file belongs to, by its name; null for a file that is none of ours. */
  readonly seriesOf: (name: string) => string | null;
  /** Called once for each file when its turn has come. */
  readonly open: (
    series: string,
    name: string,
  ) => { consumer: TailConsumer; state: TailState | null };
  /** The first file of a series to read; files named before it are left alone. Null reads all. */
  readonly from?: (series: string) => string | null;
  readonly rescanMs?: number;
  readonly recheckMs?: number;
  readonly monotonicMs?: () => number;
}

/**
 * Follows the daily files of a folder. chokidar says when a file may have appeared, and a rescan of the
 * folder stands behind it; the data itself is only ever polled.
 */
export class FolderTailer {
  readonly #options: FolderTailerOptions;
  readonly #series = new Map<string, Series>();
  readonly #monotonicMs: () => number;
  #watcher: FSWatcher | null = null;
  #stale = true;
  #scannedMs = Number.NEGATIVE_INFINITY;

  constructor(options: FolderTailerOptions) {
    this.#options = options;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
  }

  get series(): Iterable<Series> {
    return this.#series.values();
  }

  /** Makes the folder when it is missing and begins to notice new files. */
  async start(): Promise<void> {
    const { folder } = this.#options;
    try {
      mkdirSync(folder, { recursive: true });
      readdirSync(folder);
    } catch (cause) {
      const message = `expected a readable folder at ${folder}, was ${systemCode(cause)}`;
      throw new TailFailure("folder-unusable", message, { cause });
    }
    const watcher = watch(folder, { depth: 0 });
    this.#watcher = watcher;
    const stale = (): void => {
      this.#stale = true;
    };
    // Without events the rescan alone finds new files.
    watcher.on("add", stale).on("unlink", stale).on("error", stale);
  }

  async stop(): Promise<void> {
    for (const series of this.#series.values()) series.close();
    await this.#watcher?.close();
    this.#watcher = null;
  }

  /** Looks for new files when an event or the clock says so. Call it before each round of polling. */
  scan(): void {
    const nowMs = this.#monotonicMs();
    if (!this.#stale && nowMs - this.#scannedMs < (this.#options.rescanMs ?? 1000)) return;
    this.#stale = false;
    this.#scannedMs = nowMs;
    const bySeries = new Map<string, string[]>();
    for (const name of this.#names()) {
      const key = this.#options.seriesOf(name);
      if (key === null) continue;
      const names = bySeries.get(key) ?? [];
      names.push(name);
      bySeries.set(key, names);
    }
    for (const [key, names] of bySeries) this.#seriesOf(key).notice(names);
  }

  #names(): string[] {
    try {
      return readdirSync(this.#options.folder);
    } catch (error) {
      // A folder that is being replaced: the next scan looks again.
      if (["ENOENT", "EBUSY", "EPERM"].includes(systemCode(error))) return [];
      throw error;
    }
  }

  #seriesOf(key: string): Series {
    let series = this.#series.get(key);
    if (!series) {
      series = new Series({
        key,
        folder: this.#options.folder,
        open: (name) => this.#options.open(key, name),
        from: this.#options.from?.(key) ?? null,
        recheckMs: this.#options.recheckMs ?? 1000,
      });
      this.#series.set(key, series);
    }
    return series;
  }
}
