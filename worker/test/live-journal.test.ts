import fc from "fast-check";
import { expect, it } from "vitest";
import {
  announce,
  announcedLines,
  FILLS_MAX,
  type JournalView,
  PENDING_MAX,
  seal,
} from "../src/objects/live-journal.ts";
import { emptySections } from "../src/objects/live-section.ts";
import { fillLine } from "./documents.ts";
import { opened } from "./leaf-lines.ts";

const empty: JournalView = emptySections;
const lines = Array.from({ length: 30 }, (_, seq) => fillLine(seq));

/** Each line is announced before or after its leaf opens, or never; leaves open in order, some at first narrow, some twice. */
const histories = fc.record({
  announcedAt: fc.array(fc.nat({ max: 8 }), { minLength: 30, maxLength: 30 }),
  cuts: fc.uniqueArray(fc.integer({ min: 1, max: 29 }), { maxLength: 5 }),
  widths: fc.array(fc.nat(5), { maxLength: 3 }),
  again: fc.boolean(),
});

it("ends in the same sealed fills whenever lines were announced and however leaves were cut", async () => {
  await fc.assert(
    fc.asyncProperty(histories, async ({ announcedAt, cuts, widths, again }) => {
      const bounds = [0, ...cuts.sort((a, b) => a - b), 30];
      let view = empty;
      const evidence: unknown[] = [];
      const take = (next: JournalView & { evidence: unknown[] }): void => {
        evidence.push(...next.evidence);
        view = next;
      };
      for (let leaf = 0; leaf + 1 < bounds.length; leaf++) {
        const early = lines.filter((_, seq) => announcedAt[seq] === leaf);
        take(announce(view, announcedLines(early), 0));
        const all = lines.slice(bounds[leaf], bounds[leaf + 1]);
        for (const width of widths) take(seal(view, opened(leaf, all.slice(0, width)), 0));
        take(seal(view, opened(leaf, all), 0));
        if (again) take(seal(view, opened(leaf, all), 0));
      }
      take(announce(view, announcedLines(lines), 0));
      expect(evidence).toEqual([]);
      expect(view.pending).toEqual({ openedBelow: 30, lines: [] });
      const leafOf = (seq: number) => bounds.findLastIndex((from) => from <= seq);
      const expected = Array.from({ length: FILLS_MAX }, (_, i) => 29 - i);
      expect(view.fills.map(({ seq, mark, leaf }) => [seq, mark, leaf])).toEqual(
        expected.map((seq) => [seq, "sealed", leafOf(seq)]),
      );
    }),
    { numRuns: 50 },
  );
});

it("is sensitive: one changed byte in one announced line is evidence, exactly once", async () => {
  const changed = lines.map((line, seq) => (seq === 17 ? line.replace("2.10", "2.11") : line));
  const announced = announce(empty, announcedLines(changed), 0);
  const sealed = seal(announced, opened(0, lines), 0);
  expect(sealed.evidence.map(({ detail }) => detail)).toEqual([
    "journal entry 17 is not the line that was announced",
  ]);
});

it("remembers a bounded number of unopened lines", async () => {
  let view = empty;
  for (let from = 0; from < PENDING_MAX + 100; from += 100) {
    const batch = Array.from({ length: 100 }, (_, i) => fillLine(from + i));
    view = announce(view, announcedLines(batch), 0);
  }
  expect([view.pending.lines.length, view.pending.lines[0]?.seq]).toEqual([PENDING_MAX, 100]);
});

it("ends in the same view whenever a leaf was widened, before or after later leaves", () => {
  const halves = [lines.slice(0, 15), lines.slice(15)];
  const [first = [], second = []] = halves;
  const odd = first.filter((_, i) => i % 2 === 1);
  const orders = [
    [opened(0, first), opened(1, second)],
    [opened(0, odd), opened(0, first), opened(1, second)],
    [opened(0, odd), opened(1, second), opened(0, first)],
    [opened(0, []), opened(1, second), opened(0, odd), opened(0, first)],
  ];
  const ends = orders.map((order) =>
    order.reduce<JournalView>((view, leaf) => seal(view, leaf, 0), empty),
  );
  for (const { fills, pending } of ends) {
    expect(pending).toEqual({ openedBelow: 30, lines: [] });
    expect(fills).toEqual(ends[0]?.fills);
    expect(fills).toHaveLength(FILLS_MAX);
  }
});
