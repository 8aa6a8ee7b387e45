import type { Leaf, LogSource, VerifyTools } from "@believe/shared/wire/log";
import { countText } from "../../ui/number.ts";
import type { Finding } from "../protocol.ts";
import { type OpenedLeaf, openedLeaves } from "./days.ts";
import { leafPlace } from "./place.ts";
import { leafUs, type SessionBoard } from "./session-board.ts";

const DAY_US = 86_400_000_000;
/** A live account's day opens at the next trade date and is late a day after; with a long weekend between, six days. */
const LATE_AFTER_US = 6 * DAY_US;

interface LinesOptions {
  readonly source: LogSource;
  readonly tools: VerifyTools;
  readonly board: SessionBoard;
  readonly kind: "paper" | "live";
  readonly nowUs: number;
  readonly finding: (finding: Finding) => void;
  /** Called after each leaf. */
  readonly onLeaf: () => void;
}

/** Counts what the opened days hold, and finds what does not fit: other lines, doubled numbers, leaves left out. */
export class LinesCheck {
  readonly #options: LinesOptions;
  lines = 0;
  closed = 0;
  opened = 0;
  /** Leaves whose opening does not match, or that had to be open and are not. */
  bad = 0;
  unopened = 0;
  #nextSeq: number | null = 0;
  #skipped: Leaf[] = [];

  constructor(options: LinesOptions) {
    this.#options = options;
  }

  async run(leaves: readonly Leaf[]): Promise<void> {
    const { source, tools, onLeaf } = this.#options;
    for await (const one of openedLeaves(source, leaves, tools)) {
      this.#take(one);
      onLeaf();
    }
    this.unopened = this.#skipped.length;
  }

  #take(one: OpenedLeaf): void {
    const { board, finding } = this.#options;
    switch (one.kind) {
      case "closed":
        this.#nextSeq = null;
        this.#closed(one.leaf);
        return;
      case "differs":
        this.bad += 1;
        this.#nextSeq = null;
        board.mark(one.leaf, "bad");
        finding({
          code: "line",
          place: leafPlace(one.leaf),
          said: `What is served does not add up to what the leaf commits to: ${one.said}.`,
        });
        return;
      case "matches":
        this.#matches(one);
    }
  }

  #matches({ leaf, checked }: OpenedLeaf & { readonly kind: "matches" }): void {
    const { board, finding, kind } = this.#options;
    // A paper account opens at once and in order: what lies before an opened leaf had to be open too.
    if (kind === "paper") for (const skipped of this.#skipped.splice(0)) this.#missing(skipped);
    const { firstSeq, lines, closed } = checked;
    this.opened += 1;
    this.lines += lines.length;
    this.closed += closed;
    const expected = this.#nextSeq;
    if (firstSeq !== null) this.#nextSeq = firstSeq + lines.length + closed;
    if (expected !== null && firstSeq !== null && firstSeq !== expected) {
      this.bad += 1;
      board.mark(leaf, "bad");
      const said = `Its first line is #${firstSeq}, and #${expected} comes next.`;
      finding({ code: "line", place: leafPlace(leaf), said });
      return;
    }
    board.mark(leaf, "checked");
  }

  #closed(leaf: Leaf): void {
    const { kind, nowUs } = this.#options;
    if (kind === "live" && nowUs - leafUs(leaf.minute) > LATE_AFTER_US) this.#missing(leaf);
    else this.#skipped.push(leaf);
    this.#options.board.mark(leaf, "tree");
  }

  #missing(leaf: Leaf): void {
    this.bad += 1;
    this.#options.board.mark(leaf, "bad");
    this.#options.finding({
      code: "missing",
      place: leafPlace(leaf),
      said: "Its leaf is signed and had to be opened, and no opening is served.",
    });
  }

  /** The step in words. */
  get said(): string {
    const closed = this.closed > 0 ? `, ${countText(this.closed)} more stay closed` : "";
    const waiting = this.unopened > 0 ? `; the last ${countText(this.unopened)} wait` : "";
    return `${countText(this.lines)} lines in ${countText(this.opened)} leaves${closed}${waiting}`;
  }
}
