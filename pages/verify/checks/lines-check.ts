import { timeUs } from "@believe/shared/base";
import { overdueAt, overdueDays } from "@believe/shared/market";
import { type Leaf, type LogSource, OpeningRule, type VerifyTools } from "@believe/shared/wire/log";
import { counted, countText } from "../../ui/number.ts";
import { dateText } from "../../ui/time.ts";
import type { Finding } from "../protocol.ts";
import { type OpenedLeaf, openedLeaves } from "./days.ts";
import { leafPlace } from "./place.ts";
import { leafUs, type SessionBoard } from "./session-board.ts";

interface LinesOptions {
  readonly source: LogSource;
  readonly tools: VerifyTools;
  readonly board: SessionBoard;
  /** What the page was told; the opened genesis record says it better. */
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
  /** Leaves whose opening does not match, or that a paper account left out. */
  bad = 0;
  /** Leaves that wait to be opened, and those that had to be by now. */
  unopened = 0;
  overdue = 0;
  readonly #rule = new OpeningRule();
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
    this.#hidden();
    // While the record that says what account it is stays closed, the rule of a live account holds.
    if (this.#rule.account !== "paper") this.#late();
    this.unopened = this.#skipped.length - this.overdue;
  }

  get #kind(): "paper" | "live" {
    return this.#rule.account ?? this.#options.kind;
  }

  /** Trade dates of a live account whose deadline has passed: one finding each, and each of their minutes red. */
  #late(): void {
    const { board, finding } = this.#options;
    const nowUs = timeUs(this.#options.nowUs);
    const overdue = overdueAt(nowUs);
    const late = this.#skipped.filter(({ minute }) => overdue(leafUs(minute)) !== null);
    for (const leaf of late) board.mark(leaf, "overdue");
    this.overdue = late.length;
    const minutes = late.map(({ minute }) => leafUs(minute));
    for (const { tradeDate, leaves, due } of overdueDays(minutes, nowUs)) {
      const [date = "", clock] = due.split("T");
      finding({
        code: "overdue",
        place: `trade date ${dateText(tradeDate)}`,
        said: `${counted(leaves, "leaf", "leaves")} not opened, due ${dateText(date)} ${clock} CT.`,
      });
    }
  }

  /** Records of a paper account that are closed without a word. */
  #hidden(): void {
    const { board, finding } = this.#options;
    for (const { leaf, seq } of this.#rule.unexplained) {
      this.bad += 1;
      board.mark(leaf, "bad");
      const said = `Record #${seq} stays a commitment, and no redaction names it.`;
      finding({ code: "closed", place: leafPlace(leaf), said });
    }
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
    const { board, finding } = this.#options;
    this.#rule.take(leaf, checked);
    // A paper account opens at once and in order: what lies before an opened leaf had to be open too.
    if (this.#kind === "paper")
      for (const skipped of this.#skipped.splice(0)) this.#missing(skipped);
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
    this.#skipped.push(leaf);
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
    const late = this.overdue > 0 ? `; ${countText(this.overdue)} are overdue` : "";
    const waiting = this.unopened > 0 ? `; the last ${countText(this.unopened)} wait` : "";
    return `${countText(this.lines)} lines in ${countText(this.opened)} leaves${closed}${late}${waiting}`;
  }
}
