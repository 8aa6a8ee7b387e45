import type { Wal } from "@believe/host/wal";
import { FiguresFold } from "@believe/shared/trade";
import type { SignedReport } from "./signed-report.ts";

/**
 * The figures document of a paper account: computed from opened records only, so that whoever reads the openings can
 * recompute it.
 */
export class FiguresReport {
  readonly #wal: Wal;
  readonly #report: SignedReport;
  readonly #wallUs: () => number;
  readonly #openedSeq: () => number;
  readonly #fold = new FiguresFold();
  #folded = 0;
  #sentAt = -1;

  constructor(options: {
    readonly wal: Wal;
    readonly report: SignedReport;
    readonly wallUs: () => number;
    /** Records below this number are opened. */
    readonly openedSeq: () => number;
  }) {
    this.#wal = options.wal;
    this.#report = options.report;
    this.#wallUs = options.wallUs;
    this.#openedSeq = options.openedSeq;
  }

  /** Folds the records that were opened since and sends the document when they tell something new. */
  async send(): Promise<void> {
    const openedSeq = this.#openedSeq();
    if (openedSeq > this.#folded) {
      for (const { record } of this.#wal.records(this.#folded)) {
        if (record.seq >= openedSeq) break;
        this.#fold.add(record);
      }
      this.#folded = openedSeq;
    }
    if (this.#folded === 0 || this.#sentAt === this.#folded) return;
    const figures = this.#fold.figures({ n: this.#report.nextN(), atUs: this.#wallUs() });
    if (await this.#report.send(figures)) this.#sentAt = this.#folded;
  }
}
