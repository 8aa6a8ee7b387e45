import { existsSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../scripts/paths.ts";
import { emptyFoldersOf, filesOf } from "../scripts/tree.ts";
import { cases } from "./tidy/cases.ts";
import { brokenLinks, ciCommandOf, missingPaths, testCommandOf } from "./tidy/documents.ts";
import { symbolsOf, unknownSymbols } from "./tidy/glossary.ts";
import { unregistered } from "./tidy/registry.ts";
import { longFiles } from "./tidy/sizes.ts";
import { Source } from "./tidy/source.ts";
import { strayTests, suiteGlobs } from "./tidy/suites.ts";
import { leftDeclarations } from "./tidy/words.ts";

const BINARY = /\.(png|jpg|ico|woff2|gz|onnx|bin|wasm)$/;
const files = filesOf(ROOT)
  .filter((path) => !BINARY.test(path) && path !== "package-lock.json")
  .map((path) => Source.read(ROOT, path));

const lines = (count: number) => "let x = 1;\n".repeat(count);

describe("the house rules", { timeout: 30_000 }, () => {
  for (const { rule, says, bad, good } of cases) {
    it(`${says}, and a planted one is found`, () => {
      for (const [path, text] of bad) {
        expect(rule(new Source(path, text)), `${path}: ${text.slice(0, 80)}`).not.toEqual([]);
      }
      for (const [path, text] of good) expect(rule(new Source(path, text))).toEqual([]);
      expect(files.flatMap(rule)).toEqual([]);
    });
  }

  it("every provider, strategy and stream is registered, and a forgotten one is found", () => {
    const stray = new Source("shared/src/strategy/stray/index.ts", "");
    expect(unregistered([...files, stray])).toContainEqual(expect.stringContaining('"stray"'));
    expect(unregistered(files)).toEqual([]);
  });

  it("every test file is run by one suite, and a stray one is found", () => {
    const globs = suiteGlobs(Source.read(ROOT, "vitest.config.ts"));
    expect(globs.length).toBeGreaterThanOrEqual(5);
    expect(strayTests(["bin/a.test.ts"], globs)).toHaveLength(1);
    expect(strayTests(["test/a.test.ts"], ["test/*.test.ts", "test/**/*.test.ts"])).toHaveLength(1);
    const paths = files.map(({ path }) => path);
    expect(strayTests(paths, globs)).toEqual([]);
  });

  it("every symbol in the glossary is in the code, and an invented one is found", () => {
    const exists = (path: string) => existsSync(join(ROOT, path));
    const symbols = symbolsOf(readFileSync(join(ROOT, "docs/glossary.md"), "utf8"));
    expect(symbols.length).toBeGreaterThan(50);
    const invented = symbolsOf("| a | b | `PriceDoodles`, `shared/src/nowhere` |");
    expect(unknownSymbols(invented, files, exists)).toHaveLength(2);
    expect(unknownSymbols(symbols, files, exists)).toEqual([]);
  });

  it("no compiler left its output beside the sources, and a planted one is found", () => {
    expect(leftDeclarations(["sim/a.ts", "sim/a.d.ts", "sim/b.d.ts"])).toHaveLength(1);
    expect(leftDeclarations(files.map(({ path }) => path))).toEqual([]);
  });

  it("every link in the documents leads somewhere, and a dead one is found", () => {
    const exists = (path: string) => existsSync(join(ROOT, path));
    const dead = new Source(
      "docs/a.md",
      "[a](decisions/none.md) [b](https://example.org) [c](#part)",
    );
    expect(brokenLinks([dead], exists)).toHaveLength(1);
    expect(brokenLinks(files, exists)).toEqual([]);
  });

  it("every path that ARCHITECTURE.md names is there, and a missing one is found", () => {
    const exists = (path: string) => existsSync(join(ROOT, path));
    expect(missingPaths(new Source("a.md", "`host/src/nowhere.ts` `a/b`"), exists)).toHaveLength(1);
    expect(missingPaths(Source.read(ROOT, "ARCHITECTURE.md"), exists)).toEqual([]);
  });

  it("CI runs exactly the command that the README gives", () => {
    expect(ciCommandOf("set -e\nnpm ci && npm test\n")).toBe("npm ci && npm test");
    expect(ciCommandOf("npm ci\nnpm run half\n")).toBeUndefined();
    const command = testCommandOf(readFileSync(join(ROOT, "README.md"), "utf8"));
    expect(command).toBe("npm ci && npm test");
    expect(ciCommandOf(readFileSync(join(ROOT, ".ci/run"), "utf8"))).toBe(command);
  });

  it("no folder is empty, and a planted one is found", () => {
    const folder = mkdtempSync(join(tmpdir(), "believe-empty-"));
    mkdirSync(join(folder, "a/b"), { recursive: true });
    expect(emptyFoldersOf(folder)).toEqual(["a/b"]);
    expect(emptyFoldersOf(ROOT)).toEqual([]);
  });

  it("lists the files above 300 lines", () => {
    const long = longFiles(files);
    if (long.length > 0) console.info(`longer than 300 lines:\n${long.join("\n")}`);
    expect(longFiles([new Source("a.ts", lines(301))])).toHaveLength(1);
  });
});
