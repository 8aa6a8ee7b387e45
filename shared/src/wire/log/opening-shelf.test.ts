import { type Bytes, hex, sha256, utf8 } from "@believe/shared/base";
import { describe, expect, test } from "vitest";
import { newMirror, ORIGIN, recordLine, SampleLog } from "./mirror.fixture.ts";
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

  test("is stored once it recomputes a covered leaf, and never changes", async () => {
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
