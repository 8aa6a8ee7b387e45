import { BytesFailure, type Disk, utf8Text } from "@believe/shared/base";
import type { JournalRecord } from "@believe/shared/wire";
import { parseRecord, RecordFailure } from "@believe/shared/wire";
import { linesBetween } from "../disk/index.ts";
import { WalFailure } from "./failure.ts";

/** One line in so many has its offset remembered, so that reading from a seq does not scan the file. */
const LINES_A_MARK = 256;

/** A line as it lies on disk, and what it says. */
export interface JournalLine {
  readonly seq: number;
  readonly line: string;
  readonly record: JournalRecord;
}

/** One file of a journal: dense records from `firstSeq`. Owned by the `Wal`, which alone writes to it. */
export class JournalFile {
  readonly path: string;
  readonly firstSeq: number;
  readonly #disk: Disk;
  #count = 0;
  #bytes = 0;
  readonly #marks: number[] = [];

  constructor(disk: Disk, path: string, firstSeq: number) {
    this.#disk = disk;
    this.path = path;
    this.firstSeq = firstSeq;
  }

  /** Seq of the record that would come next. */
  get nextSeq(): number {
    return this.firstSeq + this.#count;
  }

  /** Bytes of its whole lines. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes note of a line of so many bytes, line feed included. */
  grow(bytes: number): void {
    if (this.#count % LINES_A_MARK === 0) this.#marks.push(this.#bytes);
    this.#count++;
    this.#bytes += bytes;
  }

  /** The failure of a line that is not what stands there in a whole journal. */
  corrupt(seq: number, was: string, cause?: unknown): WalFailure {
    const line = seq - this.firstSeq + 1;
    return new WalFailure(
      "corrupt",
      `expected record ${seq} on line ${line} of ${this.path}, was ${was}`,
      { cause, facts: { file: this.path, line, seq } },
    );
  }

  /** Parses the bytes of one line and checks that it is record `seq`. */
  parse(seq: number, bytes: Uint8Array): JournalLine {
    try {
      const line = utf8Text(bytes);
      const record = parseRecord(line);
      if (record.seq !== seq) throw this.corrupt(seq, `record ${record.seq}`);
      return { seq, line, record };
    } catch (cause) {
      if (cause instanceof RecordFailure || cause instanceof BytesFailure) {
        throw this.corrupt(seq, `another line (${cause.message})`, cause);
      }
      throw cause;
    }
  }

  /** Records `from` to `until` (not included), read through a handle of their own. */
  *read(from: number, until: number): Generator<JournalLine> {
    const mark = Math.floor((from - this.firstSeq) / LINES_A_MARK);
    const offset = this.#marks[mark];
    if (offset === undefined || from >= until) return;
    let seq = this.firstSeq + mark * LINES_A_MARK;
    const fd = this.#disk.open(this.path, "r");
    try {
      for (const { bytes } of linesBetween(this.#disk, fd, offset, this.#bytes)) {
        if (seq >= until) return;
        if (seq >= from) yield this.parse(seq, bytes);
        seq++;
      }
    } finally {
      this.#disk.close(fd);
    }
    if (seq < until) throw this.corrupt(seq, "the end of the file");
  }
}
