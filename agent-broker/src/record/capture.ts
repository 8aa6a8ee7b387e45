import { createHash, type Hash } from "node:crypto";
import { join } from "node:path";
import { makeFolders, nodeDisk, rewriteTail, writeWhole } from "@believe/host/disk";
import { type Disk, invariant } from "@believe/shared/base";
import { type EngineEvent, encodeEvent } from "@believe/shared/engine";
import type { Body } from "@believe/shared/wire";

const LF = 0x0a;
const CHUNK_BYTES = 1 << 20;
/** More than a segment ever holds unsynced. */
const TAIL_BYTES = 16 << 20;
const NAME = /^capture-\d{6}\.jsonl$/;

/**
 * Writes the events that the engine saw, a segment a file, beside the journal and never through it.
 * A segment reaches the disk before any journal line that it caused: after a crash it explains every line.
 */
export class Capture {
  readonly #folder: string;
  readonly #closed: ReadonlySet<string>;
  readonly #disk: Disk;
  #file: number | null = null;
  #name = "";
  #first: number;
  #count = 0;
  #bytes = 0;
  #hash: Hash = createHash("sha256");
  #buffered: string[] = [];

  /** `first` is the index, over all segments, of the next event; `closed` names what the journal closes. */
  constructor(
    folder: string,
    options: {
      readonly first: number;
      readonly closed: ReadonlySet<string>;
      readonly disk?: Disk;
    },
  ) {
    this.#folder = folder;
    this.#first = options.first;
    this.#closed = options.closed;
    this.#disk = options.disk ?? nodeDisk;
    makeFolders(this.#disk, folder);
  }

  /** Number of events in all segments so far. */
  get events(): number {
    return this.#first + this.#count;
  }

  get isOpen(): boolean {
    return this.#file !== null;
  }

  open(): void {
    invariant(this.#file === null, "one capture segment is open at a time");
    this.#name = `capture-${String(this.#newest() + 1).padStart(6, "0")}.jsonl`;
    this.#file = this.#disk.open(join(this.#folder, this.#name), "wx");
    this.#bytes = 0;
    this.#hash = createHash("sha256");
    this.#disk.syncFolder(this.#folder);
  }

  /** A segment that was lost with a disk keeps its number: the journal speaks of it. */
  #newest(): number {
    const names = [...segmentNames(this.#folder, this.#disk), ...this.#closed];
    return names.reduce((most, name) => Math.max(most, Number(name.slice(8, 14))), 0);
  }

  append(event: EngineEvent): void {
    this.#buffered.push(`${encodeEvent(event)}\n`);
    this.#count += 1;
  }

  /** Hands what is buffered to the operating system: it outlives the process, not the machine. */
  write(): void {
    if (this.#buffered.length === 0) return;
    invariant(this.#file !== null, "events go into an open capture segment");
    const bytes = Buffer.from(this.#buffered.join(""), "utf8");
    this.#buffered = [];
    writeWhole(this.#disk, this.#file, bytes, this.#bytes);
    this.#bytes += bytes.length;
    this.#hash.update(bytes);
  }

  sync(): void {
    this.write();
    if (this.#file !== null) this.#disk.datasync(this.#file);
  }

  /** Ends the segment and returns what the journal says of it. */
  close(): Body<"segment"> {
    this.sync();
    invariant(this.#file !== null, "only an open capture segment can be closed");
    this.#disk.close(this.#file);
    const body = {
      segment: this.#name,
      first: this.#first,
      count: this.#count,
      sha256: this.#hash.digest("hex"),
    };
    this.#file = null;
    this.#first += this.#count;
    this.#count = 0;
    return body;
  }
}

/** A segment that a crash left open: its whole lines, with what the journal has to say of it. */
export interface OrphanSegment {
  readonly body: Body<"segment">;
  /** Read from the file each time. */
  readonly lines: Iterable<string>;
}

/** File names of all segments, oldest first. */
export function segmentNames(folder: string, disk: Disk = nodeDisk): string[] {
  return disk
    .list(folder)
    .filter((name) => NAME.test(name))
    .sort();
}

/**
 * Finds the segment that no journal record closes: the process died while it was written.
 * Its torn last line never reached the engine's outside and is cut. What a killed process did not sync counts from
 * here on, so it is synced before the journal says its hash.
 */
export function orphanSegment(
  folder: string,
  closed: ReadonlySet<string>,
  first: number,
  disk: Disk = nodeDisk,
): OrphanSegment | null {
  makeFolders(disk, folder);
  const open = segmentNames(folder, disk).filter((name) => !closed.has(name));
  invariant(open.length <= 1, `at most one capture segment is open, were ${open.join(", ")}`);
  const name = open[0];
  if (name === undefined) return null;
  const file = join(folder, name);
  const hash = createHash("sha256");
  let count = 0;
  let length = 0;
  for (const line of wholeLines(disk, file)) {
    hash.update(line);
    count += 1;
    length += line.length;
  }
  settle(disk, file, length);
  const lines = {
    *[Symbol.iterator]() {
      for (const line of wholeLines(disk, file)) yield line.toString("utf8", 0, line.length - 1);
    },
  };
  return { body: { segment: name, first, count, sha256: hash.digest("hex") }, lines };
}

/** Cuts a segment behind its whole lines and makes them durable. */
function settle(disk: Disk, path: string, length: number): void {
  const file = disk.open(path, "r+");
  try {
    if (length < disk.size(file)) disk.truncate(file, length);
    rewriteTail(disk, file, Math.max(0, length - TAIL_BYTES), length);
  } finally {
    disk.close(file);
  }
}

/** The whole lines of a file with their line feeds, a piece at a time: a day does not fit in a string. */
function* wholeLines(disk: Disk, path: string): Generator<Buffer> {
  const file = disk.open(path, "r");
  try {
    let rest = Buffer.alloc(0);
    let at = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const got = disk.read(file, chunk, at);
      if (got === 0) return;
      at += got;
      const held = Buffer.concat([rest, chunk.subarray(0, got)]);
      let from = 0;
      for (let end = held.indexOf(LF); end !== -1; end = held.indexOf(LF, from)) {
        yield held.subarray(from, end + 1);
        from = end + 1;
      }
      rest = held.subarray(from);
    }
  } finally {
    disk.close(file);
  }
}
