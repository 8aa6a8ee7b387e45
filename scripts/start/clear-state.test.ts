import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { clearState } from "./clear-state.ts";

describe("--reset", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "believe-reset-"));
  });

  it("refuses a folder that holds anything but an estate, and leaves it as it is", () => {
    writeFileSync(join(folder, "thesis.txt"), "ten years");
    expect(() => clearState(folder)).toThrow(/expected the state of an estate/);
    expect(readdirSync(folder)).toEqual(["thesis.txt"]);
  });

  it.each(["genesis.json", "processes.json"])(
    "clears a state by its %s, damaged or not",
    (name) => {
      writeFileSync(join(folder, name), "{");
      mkdirSync(join(folder, "broker"));
      clearState(folder);
      expect(existsSync(folder)).toBe(false);
    },
  );

  it("has nothing to clear in an empty folder or in none", () => {
    clearState(folder);
    clearState(folder);
    expect(existsSync(folder)).toBe(false);
  });
});
