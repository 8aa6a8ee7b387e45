import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { readStateFile, writeStateFile } from "./state-file.ts";
import { TailFailure } from "./tail-failure.ts";

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "believe-state-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const schema = z.strictObject({ n: z.number() });

it("a written state comes back and leaves no other file behind", () => {
  const path = join(home, "sub", "state.json");
  expect(readStateFile(path, schema)).toBeNull();
  writeStateFile(path, { n: 1 });
  writeStateFile(path, { n: 2 });
  expect(readStateFile(path, schema)).toEqual({ n: 2 });
  expect(readdirSync(join(home, "sub"))).toEqual(["state.json"]);
});

it("a damaged state is one clear failure", () => {
  const path = join(home, "state.json");
  for (const text of ["", "{", '{"n":"x"}', '{"n":1,"m":2}', "\0\0\0"]) {
    writeFileSync(path, text);
    expect(() => readStateFile(path, schema)).toThrow(TailFailure);
    expect(() => readStateFile(path, schema)).toThrow(
      /expected the reader's state in .* was damaged/,
    );
  }
});

it("a state that cannot be written is a failure", () => {
  writeFileSync(join(home, "file"), "");
  expect(() => writeStateFile(join(home, "file", "state.json"), {})).toThrow(TailFailure);
});
