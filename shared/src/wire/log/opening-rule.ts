import type { Leaf } from "./leaf.ts";
import type { CheckedOpening } from "./opening.ts";

/** A record that stays a commitment. */
export interface ClosedRecord {
  readonly leaf: Leaf;
  readonly seq: number;
}

/**
 * What the kind of account asks of its openings; they are taken in leaf order. A paper account opens every record,
 * whatever its stream: one that stays closed must be named by an opened redaction. A live account opens by its trade
 * dates and never opens some streams, so a closed record of it says nothing.
 */
export class OpeningRule {
  #account: "paper" | "live" | null = null;
  #redactions = new Set<number>();
  /** Of a paper account only: a live one closes many, and of them nothing is asked. */
  #closed: ClosedRecord[] = [];

  take(leaf: Leaf, { records, closed, firstSeq }: CheckedOpening): void {
    for (const { stream, seq, body } of records) {
      if (stream === "genesis" && seq === 0) this.#account = body.account.kind;
      if (stream === "redaction") this.#redactions.add(body.seq);
    }
    if (this.#account !== "paper" || closed === 0 || firstSeq === null) return;
    const open = new Set(records.map(({ seq }) => seq));
    for (let seq = firstSeq; seq < firstSeq + records.length + closed; seq++) {
      if (!open.has(seq)) this.#closed.push({ leaf, seq });
    }
  }

  /** What the opened genesis record says; null where it was not opened. */
  get account(): "paper" | "live" | null {
    return this.#account;
  }

  /** Records that opened redactions name. */
  get redactions(): number {
    return this.#redactions.size;
  }

  /** Records that had to be open and are not. To be asked when all openings were taken: a redaction comes later. */
  get unexplained(): readonly ClosedRecord[] {
    return this.#closed.filter(({ seq }) => !this.#redactions.has(seq));
  }
}
