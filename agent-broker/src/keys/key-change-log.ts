import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { replaceFile } from "@believe/host/disk";
import { verifyNode } from "@believe/host/keys";
import {
  type KeyChange,
  LogFailure,
  openKeyChange,
  openKeyChanges,
} from "@believe/shared/wire/log";
import { z } from "zod";
import { BrokerFailure } from "../failure.ts";
import type { KeyFolder } from "./key-folder.ts";

/** Who has to take a note before the new key's checkpoints are taken. */
export const takers = ["worker", "door"] as const;
export type Taker = (typeof takers)[number];

const row = z.strictObject({
  v: z.literal(1),
  note: z.string(),
  taken: z.array(z.enum(takers)),
});
type Row = z.infer<typeof row>;

/**
 * `log/key-changes.jsonl`: every change of the journal key, a signed note a line, and who has taken it. A note in it
 * is final: its new key is the log's from then on, whatever a crash left undone.
 */
export class KeyChangeLog {
  readonly #file: string;
  readonly #origin: string;
  #rows: readonly Row[];
  #changes: readonly KeyChange[];

  private constructor(file: string, origin: string, held: readonly [Row[], KeyChange[]]) {
    this.#file = file;
    this.#origin = origin;
    [this.#rows, this.#changes] = held;
  }

  static async read({ state, origin }: KeyFolder): Promise<KeyChangeLog> {
    const file = join(state, "log", "key-changes.jsonl");
    if (!existsSync(file)) return new KeyChangeLog(file, origin, [[], []]);
    try {
      const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
      const rows = lines.map((line) => row.parse(JSON.parse(line)));
      const notes = rows.map(({ note }) => note);
      const changes = await openKeyChanges(notes, origin, verifyNode);
      return new KeyChangeLog(file, origin, [rows, changes]);
    } catch (cause) {
      const isOther =
        cause instanceof z.ZodError || cause instanceof SyntaxError || cause instanceof LogFailure;
      if (!isOther) throw cause;
      throw new BrokerFailure("corrupt-state", `expected key changes in ${file}, was other text`, {
        cause,
      });
    }
  }

  /** Oldest first. */
  get changes(): readonly KeyChange[] {
    return this.#changes;
  }

  /** Notes that `taker` has not taken, oldest first. */
  untaken(taker: Taker): readonly string[] {
    return this.#rows.filter(({ taken }) => !taken.includes(taker)).map(({ note }) => note);
  }

  /** Makes a note durable. From here on its new key is the log's. */
  async add(note: string): Promise<void> {
    const change = await openKeyChange(note, this.#origin, verifyNode);
    this.#save([...this.#rows, { v: 1, note, taken: [] }]);
    this.#changes = [...this.#changes, change];
  }

  took(taker: Taker, taken: string): void {
    this.#save(
      this.#rows.map((one) =>
        one.note === taken ? { ...one, taken: [...new Set([...one.taken, taker])] } : one,
      ),
    );
  }

  #save(rows: readonly Row[]): void {
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    replaceFile(this.#file, rows.map((one) => `${JSON.stringify(one)}\n`).join(""));
    this.#rows = rows;
  }
}
