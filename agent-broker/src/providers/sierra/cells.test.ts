import { isoUs, parseIsoUs, timeUs } from "@believe/shared/base";
import { instrumentOf, parsePrice } from "@believe/shared/market";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Cells } from "./cells.ts";

const instrument = instrumentOf("ESH4");

function cellsOf(line: string): Cells {
  const cells = new Cells();
  cells.split(Buffer.from(line));
  return cells;
}

function orNaN(act: () => number): number {
  try {
    return act();
  } catch {
    return Number.NaN;
  }
}

describe("the cells of a row", () => {
  it("are those between the commas, without the CR", () => {
    const cells = cellsOf("a,,bc,\r");
    expect(cells.count).toBe(4);
    expect([0, 1, 2, 3].map((cell) => cells.text(cell))).toEqual(["a", "", "bc", ""]);
    expect(cellsOf("").count).toBe(1);
  });

  it("give prices under the same law as parsePrice", () => {
    const digits = fc.string({
      unit: fc.constantFrom("0", "1", "2", "5", "7", "9"),
      maxLength: 17,
    });
    const price = fc
      .tuple(fc.constantFrom("", "-", "+"), digits, fc.constantFrom("", "."), digits)
      .map((parts) => parts.join(""));
    const likely = fc.tuple(
      fc.integer(),
      fc.constantFrom("", ".0", ".25", ".5", ".50", ".750", ".3"),
    );
    const text = fc.oneof(
      price,
      likely.map((parts) => parts.join("")),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (one) => {
        fc.pre(!one.includes(",") && !one.endsWith("\r"));
        const expected = orNaN(() => parsePrice(instrument, one));
        expect(cellsOf(`x,${one}`).ticks(1, instrument)).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it("give stamps under the same law as parseIsoUs", () => {
    const stamp = fc.integer({ min: 0, max: 4e15 }).map((us) => isoUs(timeUs(us)));
    const hurt = fc
      .tuple(stamp, fc.nat(30), fc.constantFrom("", "9", "Z", ":", "T", "-", ".", "x"))
      .map(([text, at, byte]) => text.slice(0, at) + byte + text.slice(at + 1));
    const cells = new Cells();
    fc.assert(
      fc.property(fc.oneof(stamp, hurt, fc.constant("2024-02-30T00:00:00Z")), (text) => {
        cells.split(Buffer.from(text));
        expect(cells.stamp(0)).toBe(orNaN(() => parseIsoUs(text)));
      }),
      { numRuns: 3000 },
    );
  });

  it("give whole numbers only", () => {
    for (const bad of ["", "-1", "1.0", "1e3", " 1", "0x1", "1".repeat(16)]) {
      expect(cellsOf(bad).whole(0)).toBeNaN();
    }
    expect(cellsOf("0042").whole(0)).toBe(42);
    expect(cellsOf("").wholeOrBlank(0)).toBe(0);
  });
});
