import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { ConfigFailure, readConfig } from "./index.ts";

const schema = z.strictObject({
  port: z.int().min(1).max(65_535).default(8787),
  feed: z.strictObject({ kind: z.enum(["sierra", "ib"]), folder: z.string() }),
  secret: z.string().min(8).optional(),
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "config-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (): string => join(folder, "believe.toml");
const problems = (text: string): readonly string[] => {
  writeFileSync(file(), text);
  try {
    readConfig(file(), schema);
  } catch (failure) {
    if (failure instanceof ConfigFailure) return failure.problems;
    throw failure;
  }
  return [];
};
const feed = '[feed]\nkind = "sierra"\nfolder = "data"\n';

test("a whole file is read, with the defaults of the schema", () => {
  writeFileSync(file(), feed);
  expect(readConfig(file(), schema)).toEqual({
    port: 8787,
    feed: { kind: "sierra", folder: "data" },
  });
});

test("an unknown key is refused with its place", () => {
  expect(problems(`colour = 1\n${feed}depth = 10\n`)).toEqual([
    `expected no key feed.depth in ${file()}, was one`,
    `expected no key colour in ${file()}, was one`,
  ]);
});

test("a missing key, another kind and another choice are one sentence each", () => {
  expect(problems('port = "x"\n[feed]\nkind = "csv"\n')).toEqual([
    `expected number for port in ${file()}, was another kind of value`,
    `expected one of sierra, ib for feed.kind in ${file()}, was another value`,
    `expected a value for feed.folder in ${file()}, was none`,
  ]);
});

test("a missing file and text that is not TOML are refused in one sentence", () => {
  expect(() => readConfig(join(folder, "none.toml"), schema)).toThrow("expected a readable file");
  const [problem] = problems('port = \n[feed]\nsecret = "hunter2hunter2');
  expect(problem).toMatch(/^expected TOML in .*believe\.toml, was not at line 1, column 8: /);
});

test("no value of the file is ever printed", () => {
  const texts = [
    `secret = "hunter2"\n${feed}`,
    `secret = ["hunter2"]\n${feed}`,
    `secret = "hunter2\n${feed}`,
    `secret = hunter2\n${feed}`,
    `port = 1\nsecret = "hunter2" x\n${feed}`,
  ];
  for (const text of texts) {
    expect(problems(text)).not.toEqual([]);
    expect(problems(text).join("\n")).not.toContain("hunter2");
  }
});
