import ts from "typescript";
import type { Rule, Source } from "./source.ts";

export const LINES_MAX = 500;
export const LINES_LISTED = 300;
const FUNCTION_LINES_MAX = 60;
const PARAMETERS_MAX = 4;

function counted(file: Source): boolean {
  return /\.(tsx?|mjs|cjs|css)$/.test(file.path) && !file.path.includes(".vectors.");
}

/** Files above the length that is listed but does not fail. */
export function longFiles(files: readonly Source[]): string[] {
  return files
    .filter((file) => counted(file) && file.lines.length > LINES_LISTED)
    .map((file) => `${file.path}: ${file.lines.length} lines`);
}

export const fileLength: Rule = (file) =>
  counted(file) && file.lines.length > LINES_MAX
    ? [`${file.path}: ${file.lines.length} lines: split it by what changes together`]
    : [];

/** A `describe` block is a list, not a function that does something. */
function isSuite(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && /^describe\b/.test(node.parent.expression.getText());
}

export const functionLength: Rule = (file) =>
  file.findings((node) => {
    if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return undefined;
    const first = file.lineOf(node);
    const last = file.tree.getLineAndCharacterOfPosition(node.end).line + 1;
    const lines = last - first + 1;
    if (lines <= FUNCTION_LINES_MAX || (file.isTest && isSuite(node))) return undefined;
    return `a function of ${lines} lines: take out the part that has a name of its own`;
  });

export const parameterCount: Rule = (file) =>
  file.findings((node) =>
    ts.isFunctionLike(node) && "body" in node && node.parameters.length > PARAMETERS_MAX
      ? `${node.parameters.length} parameters: take one options object`
      : undefined,
  );
