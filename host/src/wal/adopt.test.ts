import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { timeUs } from "@believe/shared/base";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Wal } from "./index.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "wal-adopt-"));
const open = (at: string, fileBytesMax = 64 << 20): Wal =>
  Wal.open({ folder: at, wallUs: () => timeUs(1), fileBytesMax });
const linesOf = (wal: Wal): string[] => [...wal.records()].map(({ line }) => line);

/** A journal of so many records, and its lines. */
function whole(count: number): string[] {
  const wal = open(folder());
  for (let i = 0; i < count; i++) wal.append({ stream: "stop", body: { reason: `r${i}` } });
  wal.sync();
  const lines = linesOf(wal);
  wal.close();
  return lines;
}

test("a journal that was cut at any record takes the rest back, byte for byte, over any number of files", () => {
  fc.assert(
    fc.property(fc.nat(30), fc.integer({ min: 200, max: 2_000 }), (kept, fileBytesMax) => {
      const lines = whole(30);
      const at = folder();
      const first = open(at, fileBytesMax);
      for (const line of lines.slice(0, kept)) first.adopt(line);
      first.close();
      const again = open(at, fileBytesMax);
      expect(again.nextSeq).toBe(kept);
      for (const line of lines.slice(kept)) again.adopt(line);
      again.sync();
      expect(linesOf(again)).toEqual(lines);
      again.close();
    }),
    { numRuns: 25 },
  );
});

test("a line that is not the next record is refused and nothing of it is kept", () => {
  const [zero = "", one = ""] = whole(2);
  const at = folder();
  const wal = open(at);
  for (const line of [one, "", "{}", `${zero} `.replace("stop", "top")]) {
    expect(() => wal.adopt(line)).toThrow(/expected record 0/);
  }
  wal.adopt(zero);
  wal.close();
  expect(readFileSync(join(at, "journal-000000.jsonl"), "utf8")).toBe(`${zero}\n`);
});
