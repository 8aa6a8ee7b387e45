import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type FileLine, linesBetween, nodeDisk } from "@believe/host/disk";
import { Quarantine, readStateFile, writeStateFile } from "@believe/host/tail";
import { decodeEvent, EngineFailure } from "@believe/shared/engine";
import type { MarketEvent } from "@believe/shared/market";
import type { DataCapabilities, DataProvider, OnEvents } from "@believe/shared/trade";
import { z } from "zod";

const POLL_LINES = 4_096;
const count = z.int().min(0);
const replayState = z.strictObject({
  v: z.literal(1),
  /** The file to go on in, by its place in the list, and the byte in it. */
  file: count,
  offset: count,
  counters: z.strictObject({ rowsRead: count, rowsQuarantined: count, domRows: count }),
});

export const replayCapabilities: DataCapabilities = {
  name: "replay",
  status: "works",
  trades: true,
  quotes: true,
  depthLevels: 64,
  licensed: true,
};

export interface ReplayDataOptions {
  /** Closed capture segments, in their order. */
  readonly files: readonly string[];
  readonly quarantineFolder: string;
  readonly stateFile: string;
  readonly onEvents: OnEvents;
}

/** The market of captured segments again: what the engine saw of it, in that order, as fast as it is polled. */
export class ReplayData implements DataProvider {
  readonly capabilities = replayCapabilities;
  readonly #options: ReplayDataOptions;
  readonly #quarantine: Quarantine;
  readonly #counters: { rowsRead: number; rowsQuarantined: number; domRows: number };
  #file: number;
  #offset: number;
  #fd: number | null = null;
  #lines: Generator<FileLine, number> | null = null;

  /** Throws `TailFailure` when the state file is damaged. */
  constructor(options: ReplayDataOptions) {
    this.#options = options;
    const state = readStateFile(options.stateFile, replayState);
    this.#file = state?.file ?? 0;
    this.#offset = state?.offset ?? 0;
    this.#counters = { rowsRead: 0, rowsQuarantined: 0, domRows: 0, ...state?.counters };
    this.#quarantine = new Quarantine({ folder: options.quarantineFolder });
  }

  get counters() {
    return { ...this.#counters };
  }

  get caughtUp(): boolean {
    return this.#file >= this.#options.files.length;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#close();
    this.#quarantine.flush();
  }

  poll(): void {
    const batch: MarketEvent[] = [];
    for (let lines = 0; lines < POLL_LINES && !this.caughtUp; lines++) {
      const step = this.#next();
      if (step.done) this.#endFile(step.value);
      else {
        const event = this.#eventOf(step.value);
        this.#offset = step.value.at + step.value.bytes.length + 1;
        if (event !== null) batch.push(event);
      }
    }
    this.#quarantine.flush();
    if (batch.length > 0) this.#options.onEvents(batch);
  }

  saveState(): void {
    const { stateFile } = this.#options;
    const counters = this.#counters;
    writeStateFile(stateFile, { v: 1, file: this.#file, offset: this.#offset, counters });
  }

  #next(): IteratorResult<FileLine, number> {
    if (this.#lines === null) {
      this.#fd = openSync(this.#path, "r");
      this.#lines = linesBetween(nodeDisk, this.#fd, this.#offset, fstatSync(this.#fd).size);
    }
    return this.#lines.next();
  }

  get #path(): string {
    return this.#options.files[this.#file] ?? "";
  }

  #endFile(end: number): void {
    const torn = this.#fd === null ? 0 : fstatSync(this.#fd).size - end;
    if (this.#fd !== null && torn > 0) {
      // A segment that was cut off: its whole lines count.
      const bytes = Buffer.alloc(torn);
      this.#refuse(end, "torn", bytes.subarray(0, readSync(this.#fd, bytes, 0, torn, end)));
    }
    this.#close();
    this.#file++;
    this.#offset = 0;
  }

  #close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
    this.#lines = null;
  }

  /** The market's part of what the engine saw; null for the rest of it, and for a line that is none. */
  #eventOf({ at, bytes }: FileLine): MarketEvent | null {
    try {
      const event = decodeEvent(Buffer.from(bytes).toString("utf8"));
      const isMarket =
        event.kind === "trade" ||
        event.kind === "quote" ||
        event.kind === "book" ||
        event.kind === "gap";
      if (!isMarket) return null;
      this.#counters[event.kind === "book" ? "domRows" : "rowsRead"]++;
      const { tsUs: _, ...row } = event;
      return row;
    } catch (failure) {
      if (!(failure instanceof EngineFailure)) throw failure;
      this.#counters.rowsRead++;
      this.#refuse(at, "bad-line", bytes);
      return null;
    }
  }

  #refuse(offset: number, reason: string, bytes: Uint8Array): void {
    this.#counters.rowsQuarantined++;
    this.#quarantine.add({ path: this.#path, offset, reason, bytes });
  }
}
