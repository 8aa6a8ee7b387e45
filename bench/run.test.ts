import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { table } from "./metric.ts";
import { benches, metricsOf } from "./run.ts";

const good = {
  bench: "fast",
  metric: "rows_per_s",
  value: 2,
  unit: "rows/s",
  bar: "≥ 1",
  ok: true,
};

function folderWith(answer: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), "believe-bench-"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "metric.ts"), "");
  writeFileSync(join(folder, "fast.test.ts"), "");
  writeFileSync(
    join(folder, "fast.ts"),
    `export const run = async () => (${JSON.stringify(answer)});`,
  );
  return folder;
}

describe("the bench runner", () => {
  it("lists benches and neither itself nor tests", () => {
    expect(benches(folderWith([]))).toEqual(["fast"]);
  });

  it("gives a bench's metrics", async () => {
    expect(await metricsOf(folderWith([good]), "fast")).toEqual([good]);
  });

  it("names the benches when asked for another", async () => {
    await expect(metricsOf(folderWith([good]), "slow")).rejects.toThrow(
      "a bench of fast, was slow",
    );
  });

  it("refuses no metrics, malformed metrics and a metric given twice", async () => {
    await expect(metricsOf(folderWith([]), "fast")).rejects.toThrow("expected metrics");
    await expect(metricsOf(folderWith([{ ...good, ok: 1 }]), "fast")).rejects.toThrow(
      "expected metrics",
    );
    await expect(metricsOf(folderWith([good, good]), "fast")).rejects.toThrow("twice: rows_per_s");
  });

  it("prints a table that says what failed", () => {
    expect(
      table([good, { ...good, metric: "p99_ms", ok: false, ratio: 2, against: "other" }]),
    ).toBe(
      "ok      rows_per_s  2 rows/s  bar ≥ 1\nFAILED  p99_ms      2 rows/s  bar ≥ 1  2 × other",
    );
  });
});
