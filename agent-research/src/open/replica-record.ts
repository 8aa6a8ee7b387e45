import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseLeafRow, type SealedLeaf } from "@believe/host/spool";
import type { JournalLine } from "@believe/host/wal";
import { type JournalRecord, parseRecord } from "@believe/shared/wire";
import type { ResearchConfig } from "../config.ts";
import { PartShelf } from "../door/part-shelf.ts";
import { PARTS } from "../door/replica.ts";
import { ResearchFailure } from "../failure.ts";

/**
 * The broker's journal and leaves as its parts lie here, read as the broker reads its own: what opens a leaf there
 * opens it here, byte for byte. A view of one moment; parts that came later are not in it.
 */
export class ReplicaRecord {
  readonly #shelf: PartShelf;
  readonly #origin: string;

  private constructor(shelf: PartShelf, origin: string) {
    this.#shelf = shelf;
    this.#origin = origin;
  }

  static async open({ state, origin, keys }: ReplicaConfig): Promise<ReplicaRecord> {
    const folder = join(state, "replica", PARTS);
    if (!existsSync(folder)) {
      throw new ResearchFailure(
        "cannot-open",
        `expected parts of a journal in ${folder}, was none`,
      );
    }
    const shelf = new PartShelf({ folder, origin, vkeys: [keys.brokerRequest] });
    await shelf.open("reader");
    return new ReplicaRecord(shelf, origin);
  }

  get origin(): string {
    return this.#origin;
  }

  /** How many leaves can be opened from here: those whose records all are. */
  get size(): number {
    return this.#shelf.list.leaves.next;
  }

  get newest(): SealedLeaf | null {
    return [...this.leaves(this.size - 1)].at(-1) ?? null;
  }

  *leaves(from = 0, to: number = this.size): Generator<SealedLeaf> {
    for (const { first, lines } of this.#shelf.read("leaves", from)) {
      for (const [i, line] of lines.entries()) {
        if (first + i < from) continue;
        if (first + i >= to) return;
        const leaf = parseLeafRow(line, this.#origin);
        if (leaf === null) {
          throw new ResearchFailure("bad-segment", `expected leaf ${first + i}, was another line`);
        }
        yield leaf;
      }
    }
  }

  *records(from = 0): Generator<JournalLine> {
    for (const { first, lines } of this.#shelf.read("journal", from)) {
      for (const [i, line] of lines.entries()) {
        if (first + i >= from) yield { seq: first + i, line, record: parseRecord(line) };
      }
    }
  }

  /** The account that the record's first line names. */
  get account(): Extract<JournalRecord, { stream: "genesis" }>["body"]["account"] {
    for (const { record } of this.records()) {
      if (record.stream === "genesis") return record.body.account;
      break;
    }
    throw new ResearchFailure("cannot-open", "expected a genesis record in the replica, was none");
  }
}

export type ReplicaConfig = Pick<ResearchConfig, "state" | "origin"> & {
  readonly keys: Pick<ResearchConfig["keys"], "brokerRequest">;
};
