import { createHash, type Hash } from "node:crypto";
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { invariant } from "@believe/shared/base";
import { type EngineEvent, encodeEvent } from "@believe/shared/engine";
import type { Body } from "@believe/shared/wire";

const NAME = /^capture-\d{6}\.jsonl$/;

/**
 * Writes the events that the engine saw, a segment a file, beside the journal and never through it.
 * A segment reaches the disk before any journal line that it caused: after a crash it explains every line.
 */
export class Capture {
  readonly #folder: string;
  #file: number | null = null;
  #name = "";
  #first: number;
  #count = 0;
  #hash: Hash = createHash("sha256");
  #buffered: string[] = [];

  /** `first` is the index, over all segments, of the next event. */
  constructor(folder: string, first: number) {
    this.#folder = folder;
    this.#first = first;
    mkdirSync(folder, { recursive: true });
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
    this.#name = `capture-${String(segmentNames(this.#folder).length + 1).padStart(6, "0")}.jsonl`;
    this.#file = openSync(join(this.#folder, this.#name), "wx");
    this.#hash = createHash("sha256");
    syncFolder(this.#folder);
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
    let at = 0;
    while (at < bytes.length) at += writeSync(this.#file, bytes, at);
    this.#hash.update(bytes);
  }

  sync(): void {
    this.write();
    if (this.#file !== null) fdatasyncSync(this.#file);
  }

  /** Ends the segment and returns what the journal says of it. */
  close(): Body<"segment"> {
    this.sync();
    invariant(this.#file !== null, "only an open capture segment can be closed");
    closeSync(this.#file);
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
  readonly lines: readonly string[];
}

/** File names of all segments, oldest first. */
export function segmentNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => NAME.test(name))
    .sort();
}

/**
 * Finds the segment that no journal record closes: the process died while it was written.
 * Its torn last line never reached the engine's outside and is cut.
 */
export function orphanSegment(
  folder: string,
  closed: ReadonlySet<string>,
  first: number,
): OrphanSegment | null {
  mkdirSync(folder, { recursive: true });
  const open = segmentNames(folder).filter((name) => !closed.has(name));
  invariant(open.length <= 1, `at most one capture segment is open, were ${open.join(", ")}`);
  const name = open[0];
  if (name === undefined) return null;
  const file = join(folder, name);
  const bytes = readFileSync(file);
  const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
  if (whole.length < bytes.length) truncateSync(file, whole.length);
  const lines = whole.toString("utf8").split("\n").slice(0, -1);
  const sha256 = createHash("sha256").update(whole).digest("hex");
  return { body: { segment: name, first, count: lines.length, sha256 }, lines };
}

function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
