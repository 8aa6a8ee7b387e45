import { base64, utf8 } from "@believe/shared/base";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commitmentOf, type Leaf, leafText, parseLeaf, saltedRoot } from "./leaf.ts";
import { recordLine } from "./mirror.fixture.ts";
import { checkOpening, type OpeningItem, openingText, widens } from "./opening.ts";

const salt = new Uint8Array(16).fill(5);

function leafOf(lines: readonly string[]): Leaf {
  const root = saltedRoot(
    salt,
    lines.map((line) => commitmentOf(utf8(line))),
  );
  return {
    origin: "log.example/j/b",
    index: 4,
    minute: "2024-01-09T14:20Z",
    closed: "whole",
    root,
  };
}

function textOf(leaf: Leaf, items: readonly OpeningItem[]): string {
  return openingText({ origin: leaf.origin, leaf: leaf.index, minute: leaf.minute, salt, items });
}

describe("a leaf", () => {
  test("is six lines that read back", () => {
    const leaf = leafOf([]);
    expect(leafText(leaf)).toBe(
      `believe/leaf/v1\nlog.example/j/b\n4\n2024-01-09T14:20Z\nwhole\n${base64(leaf.root)}`,
    );
    expect(parseLeaf(utf8(leafText(leaf)))).toEqual(leaf);
  });

  test("in any other form is refused", () => {
    const text = leafText(leafOf([]));
    const bad = [`${text}\n`, text.replace("v1", "v2"), text.replace("whole", "half"), "", "a\nb"];
    bad.push(text.replace("\n4\n", "\n04\n"), text.replace("14:20Z", "14:20"), text.slice(0, -1));
    for (const other of bad) expect(() => parseLeaf(utf8(other)), other).toThrow("expected");
    expect(() => parseLeaf(new Uint8Array([0xff]))).toThrow("six lines");
  });

  test("says nothing of how many records it holds", () => {
    expect(leafText(leafOf([])).length).toBe(
      leafText(leafOf([recordLine(1), recordLine(2)])).length,
    );
  });
});

describe("an opening", () => {
  const lines = [recordLine(7), recordLine(8), recordLine(9)];
  const leaf = leafOf(lines);
  const open = lines.map((line) => ({ line }));

  test("shows the lines whose leaf it recomputes", () => {
    const checked = checkOpening(textOf(leaf, open), leaf);
    expect(checked.lines).toEqual(lines);
    expect(checked.records.map((record) => record.seq)).toEqual([7, 8, 9]);
    expect(checked).toMatchObject({ closed: 0, firstSeq: 7 });
  });

  test("of an empty minute shows none", () => {
    const empty = leafOf([]);
    expect(checkOpening(textOf(empty, []), empty)).toMatchObject({ lines: [], firstSeq: null });
  });

  test("keeps closed what is only a commitment", () => {
    const closed = { seq: 8, commitment: commitmentOf(utf8(lines[1] ?? "")) };
    const text = textOf(leaf, [...open.slice(0, 1), closed, ...open.slice(2)]);
    const checked = checkOpening(text, leaf);
    expect(checked.lines).toEqual([lines[0], lines[2]]);
    expect(checked.closed).toBe(1);
    expect(checked.commitments).toEqual(checked.lines.map((line) => commitmentOf(utf8(line))));
  });

  test("widens one that shows some of its records, and no other", () => {
    const closed = lines.map((line, i) => ({ seq: 7 + i, commitment: commitmentOf(utf8(line)) }));
    const mixed = (mask: number) =>
      textOf(
        leaf,
        lines.map((line, i) => ((mask >> i) & 1 ? { line } : (closed[i] ?? { line }))),
      );
    for (let from = 0; from < 8; from++) {
      for (let to = 0; to < 8; to++) {
        const isWider = (from & to) === from && to !== from;
        expect([from, to, widens(mixed(from), mixed(to))]).toEqual([from, to, isWider]);
      }
    }
    expect(widens(mixed(1), mixed(3).replace('"seq":8', '"seq":9'))).toBe(false);
    expect(widens(mixed(1), textOf({ ...leaf, index: 5 }, open))).toBe(false);
    expect(widens(mixed(1), `${mixed(3)}\n`)).toBe(false);
  });

  test("of another leaf, minute, origin, order or number is refused", () => {
    const text = textOf(leaf, open);
    for (const other of [
      { ...leaf, index: 5 },
      { ...leaf, minute: "2024-01-09T14:21Z" },
      { ...leaf, origin: "other" },
    ]) {
      expect(() => checkOpening(text, other)).toThrow("expected the opening of leaf");
    }
    for (const items of [
      open.slice(1),
      open.slice(0, 2),
      [...open].reverse(),
      [...open, ...open],
    ]) {
      expect(() => checkOpening(textOf(leaf, items), leaf)).toThrow("expected");
    }
    expect(() => checkOpening(text.slice(0, -1), leaf)).toThrow("torn");
    expect(() => checkOpening(`\n${text}`, leaf)).toThrow("header");
    expect(() =>
      checkOpening(textOf(leafOf(["no record"]), [{ line: "no record" }]), leaf),
    ).toThrow("journal line");
  });

  test("with any changed character is refused", () => {
    const text = textOf(leaf, open);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 1, max: 127 }), (at, by) => {
        const changed = String.fromCharCode(text.charCodeAt(at) ^ by);
        const forged = text.slice(0, at) + changed + text.slice(at + 1);
        expect(() => checkOpening(forged, leaf)).toThrow("expected");
      }),
    );
  });
});
