import { matchesGlob } from "node:path";
import ts from "typescript";
import type { Source } from "./source.ts";

/** Every pattern under `include` in vitest.config.ts. */
export function suiteGlobs(config: Source): string[] {
  return config.nodes.flatMap((node) => {
    if (!ts.isPropertyAssignment(node) || node.name.getText() !== "include") return [];
    return ts.isArrayLiteralExpression(node.initializer)
      ? node.initializer.elements.filter(ts.isStringLiteralLike).map(({ text }) => text)
      : [];
  });
}

/** Test files that no suite, or more than one, would run. */
export function strayTests(paths: readonly string[], globs: readonly string[]): string[] {
  return paths
    .filter((path) => /\.test\.tsx?$/.test(path))
    .flatMap((path) => {
      const suites = globs.filter((glob) => matchesGlob(path, glob)).length;
      return suites === 1 ? [] : [`${path} is in ${suites} suites: put it where one runs it`];
    });
}
