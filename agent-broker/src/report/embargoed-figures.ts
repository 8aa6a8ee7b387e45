import { setImmediate as breath } from "node:timers/promises";
import type { Pusher } from "@believe/host/push";
import { FiguresFold } from "@believe/shared/trade";
import type { SignedReport } from "./signed-report.ts";

const RECORDS_AT_ONCE = 512;

/**
 * The figures document of a live account: computed from the lines that its openings show, and from nothing else. A
 * trade that was held back opens between lines that were open before, so each opening time is computed anew, once
 * everything that was due has left.
 */
export class EmbargoedFigures {
  readonly #pusher: Pick<Pusher, "opened" | "state">;
  readonly #report: Pick<SignedReport, "nextN" | "send">;
  readonly #wallUs: () => number;
  #folded: { readonly at: string; readonly fold: FiguresFold } | null = null;
  #sentAt = "";

  constructor(options: {
    readonly pusher: Pick<Pusher, "opened" | "state">;
    readonly report: Pick<SignedReport, "nextN" | "send">;
    readonly wallUs: () => number;
  }) {
    this.#pusher = options.pusher;
    this.#report = options.report;
    this.#wallUs = options.wallUs;
  }

  async send(): Promise<void> {
    const { openedLeaves, dueUs } = this.#pusher.state;
    const at = `${openedLeaves} ${dueUs}`;
    if (openedLeaves === 0 || at === this.#sentAt) return;
    const fold = this.#folded?.at === at ? this.#folded.fold : await this.#fold();
    if (fold === null) return;
    this.#folded = { at, fold };
    const figures = fold.figures({ n: this.#report.nextN(), atUs: this.#wallUs() });
    if (await this.#report.send(figures)) this.#sentAt = at;
  }

  /** Null while a due opening has not left, and without the genesis record, whose leaf may be a bare one. */
  async #fold(): Promise<FiguresFold | null> {
    const records = await this.#pusher.opened();
    if (records === null) return null;
    const fold = new FiguresFold();
    let seen = 0;
    let knowsAccount = false;
    for (const record of records) {
      fold.add(record);
      knowsAccount ||= record.stream === "genesis";
      if (++seen % RECORDS_AT_ONCE === 0) await breath();
    }
    return knowsAccount ? fold : null;
  }
}
