import { type Bytes, hex, sha256, utf8 } from "@believe/shared/base";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commitmentOf } from "./leaf.ts";
import { type Bench, newMirror, ORIGIN, recordLine, SampleLog } from "./mirror.fixture.ts";
import { openingText } from "./opening.ts";

describe("an opening", () => {
  const minutes = [[recordLine(0), recordLine(1)], [], [recordLine(2)]];
  const log = new SampleLog(minutes);
  const textOf = (leaf: number, lines: readonly string[] = minutes[leaf] ?? []): Bytes =>
    utf8(
      openingText({
        origin: ORIGIN,
        leaf,
        minute: log.leaves[leaf]?.minute ?? "",
        salt: log.saltOf(leaf),
        items: lines.map((line) => ({ line })),
      }),
    );

  test("is stored once it recomputes a covered leaf; another in its place is refused", async () => {
    const bench = newMirror();
    await bench.push(log, 0, 2);
    const opened = await bench.mirror.putOpening(0, textOf(0));
    expect(opened).toMatchObject({ kind: "opened", lines: minutes[0] });
    expect(await bench.mirror.putOpening(1, textOf(1))).toMatchObject({
      kind: "opened",
      lines: [],
    });
    const before = bench.dump();
    expect((await bench.mirror.putOpening(0, textOf(0))).kind).toBe("same");
    expect((await bench.mirror.putOpening(0, textOf(1))).kind).toBe("conflict");
    expect((await bench.mirror.putOpening(2, textOf(2))).kind).toBe("not-covered");
    expect(bench.dump()).toBe(before);
    expect(bench.mirror.state).toMatchObject({ openedLeaves: 2, openedLines: 2 });
    const day = await bench.mirror.readDay("2024-01-09", -1);
    expect(utf8(day.text)).toEqual(new Uint8Array([...textOf(0), ...textOf(1)]));
    expect(await bench.mirror.readDay("2024-01-09", day.next ?? 0)).toEqual({
      text: "",
      next: null,
    });
  });

  test("that recomputes no covered leaf, is no text or too long stores nothing", async () => {
    const bench = newMirror();
    await bench.push(log, 0, 3);
    const before = bench.dump();
    const put = async (leaf: number, body: Bytes) =>
      (await bench.mirror.putOpening(leaf, body)).kind;
    expect(await put(0, textOf(0, [recordLine(0), recordLine(1, "lie")]))).toBe("refused");
    expect(await put(0, textOf(0, [recordLine(0)]))).toBe("refused");
    expect(await put(1, textOf(0))).toBe("refused");
    expect(await put(0, textOf(0, ["no record", recordLine(1)]))).toBe("malformed");
    expect(await put(0, new Uint8Array([0xff, 0x0a]))).toBe("malformed");
    expect(await put(0, new Uint8Array(4 * 1024 * 1024 + 1))).toBe("malformed");
    expect(await put(3, textOf(0))).toBe("not-covered");
    expect(bench.dump()).toBe(before);
  });

  test("larger than a row is a blob", async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => recordLine(i, `doubt-${"x".repeat(100)}`));
    const large = new SampleLog([lines]);
    const bench = newMirror();
    await bench.push(large, 0, 1);
    const text = openingText({
      origin: ORIGIN,
      leaf: 0,
      minute: large.leaves[0]?.minute ?? "",
      salt: large.saltOf(0),
      items: lines.map((line) => ({ line })),
    });
    expect((await bench.mirror.putOpening(0, utf8(text))).kind).toBe("opened");
    expect(bench.blobs.blobs.has(hex(sha256(utf8(text))))).toBe(true);
    expect(await bench.mirror.readOpening(0)).toBe(text);
    expect((await bench.mirror.putOpening(0, utf8(text))).kind).toBe("same");
  });

  test("of an entry that is no leaf of this log is refused", async () => {
    const bench = newMirror();
    const tree = new SampleLog();
    tree.addEntry(utf8("not a leaf"));
    await bench.push(tree, 0, 1);
    expect((await bench.mirror.putOpening(0, textOf(0))).kind).toBe("refused");
    expect(bench.mirror.state.minute).toBeNull();
  });
});

describe("an opening that widens", () => {
  const lines = Array.from({ length: 6 }, (_, seq) => recordLine(seq));
  const log = new SampleLog([lines, [recordLine(6)]]);
  /** The leaf's opening that shows the records of `open`. */
  const textOf = (open: ReadonlySet<number>, from: readonly string[] = lines): string =>
    openingText({
      origin: ORIGIN,
      leaf: 0,
      minute: log.leaves[0]?.minute ?? "",
      salt: log.saltOf(0),
      items: from.map((line, seq) =>
        open.has(seq) ? { line } : { seq, commitment: commitmentOf(utf8(line)) },
      ),
    });
  const put = async (bench: Bench, text: string) =>
    (await bench.mirror.putOpening(0, utf8(text))).kind;
  const covered = async (): Promise<Bench> => {
    const bench = newMirror();
    await bench.push(log, 0, 2);
    return bench;
  };
  const subset = fc.uniqueArray(fc.nat(lines.length - 1)).map((seqs) => new Set(seqs));
  const all = new Set(lines.keys());
  const stepOf = (from: ReadonlySet<number>, to: ReadonlySet<number>): string => {
    if ([...to].some((seq) => !from.has(seq))) return "widened";
    return to.size === from.size ? "same" : "conflict";
  };

  test("takes its place; a narrower or another one does not", async () => {
    const bench = await covered();
    expect(await put(bench, textOf(new Set([1])))).toBe("opened");
    expect(await put(bench, textOf(new Set([1, 4])))).toBe("widened");
    expect(bench.mirror.state).toMatchObject({ openedLeaves: 1, openedLines: 2 });
    const before = bench.dump();
    const forged = [...lines.slice(0, 5), recordLine(5, "lie")];
    const wide = textOf(new Set([1, 4]));
    for (const text of [
      textOf(new Set([1])),
      textOf(new Set([4])),
      textOf(new Set()),
      textOf(new Set([1, 4, 5]), forged),
      textOf(new Set([1, 4, 5]), [...lines.slice(0, 5), "no record"]),
      textOf(new Set([1, 4, 5]), [...lines.slice(0, 5), recordLine(7)]),
      `${textOf(all)}${recordLine(6)}\n`,
      textOf(all).slice(0, -1),
      textOf(all).replace("believe/open", "believe/shut"),
      wide.replace(/"commitment":"./, '"commitment":"_'),
    ]) {
      expect(await put(bench, text), text).toBe("conflict");
    }
    expect(await put(bench, wide)).toBe("same");
    expect(bench.dump()).toBe(before);
    expect(await put(bench, textOf(all))).toBe("widened");
    expect((await bench.mirror.readDay("2024-01-09", -1)).text).toBe(textOf(all));
    expect(bench.mirror.state).toMatchObject({ openedLeaves: 1, openedLines: 6 });
  });

  test("ends in the widest text in whatever order and however often they come", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(subset, { maxLength: 8 }), async (order) => {
        const bench = await covered();
        let open: ReadonlySet<number> | null = null;
        for (const next of [...order, all, ...order]) {
          const expected: string = open === null ? "opened" : stepOf(open, next);
          expect(await put(bench, textOf(next))).toBe(expected);
          open = new Set([...(open ?? []), ...next]);
          expect(bench.mirror.state.openedLines).toBe(open.size);
          expect(bench.mirror.state.unopened, "the other leaf of that hour").toMatchObject([
            { leaves: 1 },
          ]);
          expect(await bench.mirror.readOpening(0)).toBe(textOf(open));
        }
        expect(await bench.mirror.readOpening(0)).toBe(textOf(all));
        expect(bench.mirror.state.openedLeaves).toBe(1);
      }),
      { numRuns: 40 },
    );
  });

  test("is counted off its hour also while new leaves are being counted", async () => {
    const longer = new SampleLog([lines, [recordLine(6)], [recordLine(7)]]);
    const kinds: string[] = [];
    const bench: Bench = newMirror(async () => {
      if (bench.mirror.state.size === 2) kinds.push(await put(bench, textOf(all)));
    });
    await bench.push(longer, 0, 2);
    await bench.push(longer, 2, 3);
    expect(kinds).toEqual(["opened"]);
    expect(bench.mirror.state).toMatchObject({ size: 3, unopened: [{ leaves: 2 }] });
  });

  test("that shows other lines is put together with it, and its own lie is not hidden by that", async () => {
    const bench = await covered();
    const [few, others] = [textOf(new Set([1, 4])), textOf(new Set([4, 5]))];
    expect(await put(bench, few)).toBe("opened");
    const before = bench.dump();
    const lie = textOf(new Set([5]), [...lines.slice(0, 5), recordLine(5, "lie")]);
    // What it says of record 1 is shown by nobody: the stored line would stand in its place.
    const falsely = others.replace(/("seq":1,"commitment":")[^"]{43}/, `$1${"A".repeat(43)}`);
    expect(falsely).not.toBe(others);
    for (const text of [lie, falsely]) expect(await put(bench, text)).toBe("conflict");
    expect(bench.dump()).toBe(before);
    expect(await put(bench, others)).toBe("widened");
    expect(await bench.mirror.readOpening(0)).toBe(textOf(new Set([1, 4, 5])));
    expect(bench.mirror.state).toMatchObject({ openedLeaves: 1, openedLines: 3 });
  });

  test("is whole or not there when the storage fails under it, and goes through when sent again", async () => {
    const bench = await covered();
    await put(bench, textOf(new Set([2])));
    const before = bench.dump();
    const { setState } = bench.storage;
    bench.storage.setState = () => {
      throw new Error("full");
    };
    await expect(put(bench, textOf(all))).rejects.toThrow("full");
    expect(bench.dump()).toBe(before);
    bench.storage.setState = setState;
    expect(await put(bench, textOf(all))).toBe("widened");
  });

  test("that another request overtook is judged anew", async () => {
    const bench = await covered();
    const few = new Set([2]);
    expect(await put(bench, textOf(few))).toBe("opened");
    // Both read the narrow one before either is stored.
    const outcomes = await Promise.all([
      put(bench, textOf(new Set([2, 3]))),
      put(bench, textOf(all)),
      put(bench, textOf(new Set([2, 4]))),
    ]);
    expect(outcomes.filter((kind) => kind === "widened").length).toBeGreaterThan(0);
    expect(outcomes[1]).toBe("widened");
    expect(await bench.mirror.readOpening(0)).toBe(textOf(all));
    expect(bench.mirror.state).toMatchObject({ openedLeaves: 1, openedLines: 6 });
  });

  test("may grow from a row to a blob", async () => {
    const many = Array.from({ length: 3000 }, (_, i) => recordLine(i, `doubt-${"x".repeat(100)}`));
    const large = new SampleLog([many]);
    const bench = newMirror();
    await bench.push(large, 0, 1);
    const open = (from: number): string =>
      openingText({
        origin: ORIGIN,
        leaf: 0,
        minute: large.leaves[0]?.minute ?? "",
        salt: large.saltOf(0),
        items: many.map((line, seq) =>
          seq >= from ? { line } : { seq, commitment: commitmentOf(utf8(line)) },
        ),
      });
    expect(await put(bench, open(2990))).toBe("opened");
    expect(await put(bench, open(0))).toBe("widened");
    expect(bench.blobs.blobs.size).toBe(1);
    expect(await bench.mirror.readOpening(0)).toBe(open(0));
    expect(await put(bench, open(2990))).toBe("conflict");
  });
});
