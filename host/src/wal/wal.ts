import type { Bytes, Disk, TimeUs } from "@believe/shared/base";
import type { Draft } from "@believe/shared/wire";
import { makeFolders, nodeDisk, saidBy, writeWhole } from "../disk/index.ts";
import { encodeLine } from "./encode.ts";
import { WalFailure } from "./failure.ts";
import { JournalFile, type JournalLine } from "./journal-file.ts";
import { FolderLock } from "./lock.ts";
import { createFile, type Opened, openFiles } from "./open.ts";
import { nodeProcesses, type Processes } from "./processes.ts";
import { osSalts } from "./salt.ts";

/** Appended lines wait in memory up to this size; beyond it they are written before they are synced. */
const BUFFER_BYTES = 1 << 20;

export interface WalOptions {
  readonly folder: string;
  /** The wall clock, for the informational `wallUs` of each line. */
  readonly wallUs: () => TimeUs;
  /** 16 bytes a call; the operating system's random source unless a test says otherwise. */
  readonly salt?: () => Bytes;
  /** A file that would grow past this is followed by the next one. */
  readonly fileBytesMax?: number;
  /** This machine's disks unless a simulation says otherwise. */
  readonly disk?: Disk;
  /** This machine's processes unless a simulation says otherwise. */
  readonly processes?: Processes;
}

/**
 * The journal on disk: `journal-000000.jsonl` and on, one record a line, dense `seq` from 0, exact bytes.
 * `append` numbers a record and keeps its line; `sync` makes all of them durable with one write and one fdatasync.
 * Nothing counts before `sync` returned: a crash loses a suffix of what was not synced, never a line in the middle.
 * Owned by one process (a lock holds others off) and by one thread: every call is synchronous.
 */
export class Wal {
  readonly folder: string;
  /** Bytes of a torn last line that opening cut; they lie beside the file under `.torn`. */
  readonly tornBytes: number;
  readonly #options: Required<Pick<WalOptions, "wallUs" | "salt" | "fileBytesMax">>;
  readonly #disk: Disk;
  readonly #lock: FolderLock;
  readonly #files: JournalFile[];
  #current: JournalFile;
  #fd: number;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #writtenBytes: number;
  #durableSeq: number;
  #state: "open" | "broken" | "closed" = "open";

  private constructor(options: WalOptions, lock: FolderLock, opened: Opened) {
    const current = opened.files.at(-1);
    if (current === undefined) throw new WalFailure("corrupt", "expected a journal file, was none");
    this.folder = options.folder;
    this.tornBytes = opened.tornBytes;
    this.#options = {
      wallUs: options.wallUs,
      salt: options.salt ?? osSalts(),
      fileBytesMax: options.fileBytesMax ?? 64 << 20,
    };
    this.#disk = options.disk ?? nodeDisk;
    this.#lock = lock;
    this.#files = opened.files;
    this.#current = current;
    this.#fd = opened.fd;
    this.#writtenBytes = current.bytes;
    this.#durableSeq = current.nextSeq;
  }

  static open(options: WalOptions): Wal {
    const { folder, disk = nodeDisk, processes = nodeProcesses } = options;
    makeFolders(disk, folder, 0o700);
    const lock = FolderLock.take(folder, disk, processes);
    try {
      return new Wal(options, lock, openFiles(disk, folder));
    } catch (failure) {
      lock.release();
      throw failure;
    }
  }

  /** The number that the next appended record gets. */
  get nextSeq(): number {
    return this.#current.nextSeq;
  }

  /** Records below this number are durable. */
  get durableSeq(): number {
    return this.#durableSeq;
  }

  /** Numbers, stamps, salts and checks a record. It counts only after `sync`. A refused draft takes no number. */
  append(draft: Draft): { readonly seq: number; readonly line: string } {
    this.#mustBeOpen();
    const seq = this.nextSeq;
    const { wallUs, salt } = this.#options;
    const line = encodeLine(draft, { seq, wallUs: wallUs(), salt: salt() });
    this.#take(line);
    return { seq, line };
  }

  /** Takes back a line that this journal held before, byte for byte: it must be the next record. */
  adopt(line: string): void {
    this.#mustBeOpen();
    this.#current.parse(this.nextSeq, Buffer.from(line));
    this.#take(line);
  }

  /** Makes every appended record durable. */
  sync(): void {
    this.#mustBeOpen();
    if (this.#durableSeq === this.nextSeq) return;
    this.#durably(() => {
      this.#write();
      this.#disk.datasync(this.#fd);
    });
    this.#durableSeq = this.nextSeq;
  }

  /** The durable records from a number on, in order, read from disk a piece at a time. */
  *records(from = 0): Generator<JournalLine> {
    const until = this.#durableSeq;
    for (const file of [...this.#files]) {
      const first = Math.max(from, file.firstSeq);
      const end = Math.min(until, file.nextSeq);
      if (first < end) yield* file.read(first, end);
    }
  }

  /** Syncs and lets go of the journal. */
  close(): void {
    if (this.#state === "closed") return;
    try {
      if (this.#state === "open") this.sync();
    } finally {
      this.#state = "closed";
      this.#disk.close(this.#fd);
      this.#lock.release();
    }
  }

  #take(line: string): void {
    const bytes = Buffer.byteLength(line) + 1;
    const isFull = this.#current.bytes + bytes > this.#options.fileBytesMax;
    if (this.#current.bytes > 0 && isFull) this.#roll();
    this.#current.grow(bytes);
    this.#waiting.push(line);
    this.#waitingBytes += bytes;
    if (this.#waitingBytes >= BUFFER_BYTES) this.#durably(() => this.#write());
  }

  #roll(): void {
    this.sync();
    this.#durably(() => {
      const { path, fd } = createFile(this.#disk, this.folder, this.#files.length);
      this.#disk.close(this.#fd);
      this.#fd = fd;
      this.#current = new JournalFile(this.#disk, path, this.nextSeq);
      this.#files.push(this.#current);
      this.#writtenBytes = 0;
    });
  }

  #write(): void {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.from(`${this.#waiting.join("\n")}\n`);
    this.#waiting = [];
    this.#waitingBytes = 0;
    writeWhole(this.#disk, this.#fd, bytes, this.#writtenBytes);
    this.#writtenBytes += bytes.length;
  }

  #durably(act: () => void): void {
    try {
      act();
    } catch (cause) {
      // After a failed write or sync nobody knows what the disk holds: only opening anew finds out.
      this.#state = "broken";
      throw new WalFailure(
        "not-durable",
        `expected the disk to take the journal in ${this.folder}, was ${saidBy(cause)}`,
        { cause },
      );
    }
  }

  #mustBeOpen(): void {
    if (this.#state === "open") return;
    const code = this.#state === "closed" ? "closed" : "not-durable";
    throw new WalFailure(code, `expected an open journal in ${this.folder}, was ${this.#state}`);
  }
}
