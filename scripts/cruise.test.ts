import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { describe, expect, it } from "vitest";
import { cruiseOptions } from "../test/boundaries.ts";
import { unseen } from "./cruise.ts";

async function cruised(folder: string): Promise<ICruiseResult> {
  const { output } = await cruise(["."], { ...cruiseOptions, baseDir: folder });
  if (typeof output === "string") throw new Error(output);
  return output;
}

describe("the cruise of the real tree", () => {
  it("sees TypeScript and TSX, and says so when it was blind to a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "believe-cruise-"));
    writeFileSync(join(folder, "a.ts"), "export const a = 1;\n");
    writeFileSync(join(folder, "b.tsx"), "export const b = 2;\n");
    const result = await cruised(folder);
    expect(unseen(["a.ts", "b.tsx"], result)).toEqual([]);
    expect(unseen(["a.ts", "c.ts"], result)).toEqual(["c.ts"]);
  });

  it("calls everything unseen when nothing was cruised, as with a compiler it cannot use", async () => {
    const folder = mkdtempSync(join(tmpdir(), "believe-cruise-"));
    writeFileSync(join(folder, "notes.txt"), "");
    expect(unseen(["a.ts"], await cruised(folder))).toEqual(["a.ts"]);
  });
});
