import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { orphanSegment } from "./capture.ts";

const NAME = "capture-000001.jsonl";

describe("a segment that a crash left open", () => {
  it("is read a piece at a time, line by line over the pieces, without its torn last line", () => {
    const folder = mkdtempSync(join(tmpdir(), "believe-capture-"));
    const lines = Array.from(
      { length: 30_000 },
      (_, i) => `{"n":${i},"é":"${"x".repeat(i % 97)}"}`,
    );
    const whole = `${lines.join("\n")}\n`;
    writeFileSync(join(folder, NAME), `${whole}{"torn":`);
    const orphan = orphanSegment(folder, new Set(), 7);
    const sha256 = createHash("sha256").update(whole).digest("hex");
    expect(orphan?.body).toEqual({ segment: NAME, first: 7, count: lines.length, sha256 });
    expect([...(orphan?.lines ?? [])]).toEqual(lines);
    expect([...(orphan?.lines ?? [])], "again").toHaveLength(lines.length);
    expect(readFileSync(join(folder, NAME), "utf8")).toBe(whole);
  });

  it("may hold nothing", () => {
    const folder = mkdtempSync(join(tmpdir(), "believe-capture-"));
    writeFileSync(join(folder, NAME), "");
    const orphan = orphanSegment(folder, new Set(), 0);
    expect(orphan?.body.count).toBe(0);
    expect([...(orphan?.lines ?? [])]).toEqual([]);
    expect(orphanSegment(folder, new Set([NAME]), 0)).toBeNull();
  });
});
