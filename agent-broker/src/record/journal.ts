import type { Spool } from "@believe/host/spool";
import type { Wal } from "@believe/host/wal";
import type { TimeUs } from "@believe/shared/base";
import type { Draft } from "@believe/shared/wire";

/** A line that was written and numbered. */
export interface Written {
  readonly seq: number;
  readonly line: string;
  readonly draft: Draft;
}

/**
 * The agent's journal: a line is appended, synced, and put into the open minute's leaf, in this order.
 * Nothing may act on a line before `sync` returned.
 */
export class Journal {
  readonly #wal: Wal;
  readonly #spool: Spool;
  readonly #listeners: ((written: Written) => void)[] = [];
  #unsynced: Written[] = [];

  constructor(wal: Wal, spool: Spool) {
    this.#wal = wal;
    this.#spool = spool;
  }

  get nextSeq(): number {
    return this.#wal.nextSeq;
  }

  /** Called once for each line, after it is durable. */
  onWritten(listener: (written: Written) => void): void {
    this.#listeners.push(listener);
  }

  append(draft: Draft): void {
    const { seq, line } = this.#wal.append(draft);
    this.#unsynced.push({ seq, line, draft });
  }

  sync(): void {
    if (this.#unsynced.length === 0) return;
    this.#wal.sync();
    const written = this.#unsynced;
    this.#unsynced = [];
    for (const entry of written) {
      this.#spool.add(entry.seq, entry.line);
      for (const listener of this.#listeners) listener(entry);
    }
  }

  /** Seals every minute that ended before `nowUs`. */
  advance(nowUs: TimeUs): void {
    this.sync();
    this.#spool.advance(nowUs);
  }

  /** A clean stop: the open minute is sealed as it is. */
  cut(): void {
    this.sync();
    this.#spool.cut();
  }
}
