import type { Draft } from "@believe/shared/wire";
import { Journal } from "../../../agent-broker/src/record/journal.ts";
import type { Recovered } from "../../../agent-broker/src/recover.ts";

/** A journal that writes other records than those that it is given. */
class TwistedJournal extends Journal {
  readonly #write: (draft: Draft) => readonly Draft[];

  constructor({ wal, spool, journal }: Recovered, write: (draft: Draft) => readonly Draft[]) {
    // What the start appended is written down by the journal that it was appended to.
    journal.sync();
    super(wal, spool);
    this.#write = write;
  }

  override append(draft: Draft): void {
    for (const one of this.#write(draft)) super.append(one);
  }
}

export function twistedJournal<More>(
  make: (recovered: Recovered, more: More) => (draft: Draft) => readonly Draft[],
) {
  return (recovered: Recovered, more: More): Journal =>
    new TwistedJournal(recovered, make(recovered, more));
}
