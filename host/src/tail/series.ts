import { join } from "node:path";
import type { TailState } from "./tail-state.ts";
import { type TailConsumer, Tailer } from "./tailer.ts";

/** Files that continue each other in the order of their names, read one after the other. */
export class Series {
  readonly key: string;
  readonly #folder: string;
  readonly #open: (name: string) => { consumer: TailConsumer; state: TailState | null };
  readonly #recheckMs: number;
  #names: readonly string[] = [];
  #tailer: Tailer | null = null;
  #name = "";

  constructor(options: {
    readonly key: string;
    readonly folder: string;
    /** Called once for each file when its turn has come. */
    readonly open: (name: string) => { consumer: TailConsumer; state: TailState | null };
    /** Files named before this one are left alone. */
    readonly from: string | null;
    readonly recheckMs: number;
  }) {
    this.key = options.key;
    this.#folder = options.folder;
    this.#open = options.open;
    this.#recheckMs = options.recheckMs;
    this.#name = options.from ?? "";
  }

  /** The file that is being read, or null before the first. */
  get current(): { readonly name: string; readonly tailer: Tailer } | null {
    return this.#tailer && { name: this.#name, tailer: this.#tailer };
  }

  notice(names: readonly string[]): void {
    this.#names = [...names].sort();
  }

  /** Reads about `budget` bytes; true when no file has more. A file is left when a later one is there and it gave all. */
  poll(budget: number): boolean {
    for (;;) {
      const isFirst = this.#tailer === null;
      const next = this.#names.find((name) => (isFirst ? name >= this.#name : name > this.#name));
      if (this.#tailer !== null) {
        if (!this.#tailer.poll(budget)) return false;
        if (next === undefined) return true;
        this.#tailer.finish();
      }
      if (next === undefined) return true;
      this.#name = next;
      const { consumer, state } = this.#open(next);
      this.#tailer = new Tailer({
        path: join(this.#folder, next),
        consumer,
        state,
        recheckMs: this.#recheckMs,
      });
    }
  }

  /** Lets go of the file; its position stays known, and a later poll opens it again. */
  close(): void {
    this.#tailer?.close();
  }
}
