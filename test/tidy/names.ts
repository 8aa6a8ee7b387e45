import { basename } from "node:path";
import ts from "typescript";
import type { Rule } from "./source.ts";

const VAGUE = /^(utils?|helpers?|common|managers?|core|misc|stuff|lib)$/;
const AGED = /(^|[-_.])(v\d+|new|old|final|copy|backup|enhanced|improved)$/;

/** The parts of a path without extensions: "a/b.test.ts" → ["a", "b"]. */
function parts(path: string): string[] {
  return path.split("/").map((part) => (part.startsWith(".") ? part : part.replace(/\..*$/, "")));
}

export const vagueName: Rule = (file) =>
  parts(file.path)
    .filter((part) => VAGUE.test(part))
    .map((part) => `${file.path}: "${part}" says nothing: name it after the noun it holds`);

export const agedName: Rule = (file) =>
  parts(file.path)
    .filter((part) => AGED.test(part))
    .map((part) => `${file.path}: "${part}" names an age: git keeps the ages, replace the file`);

/** A second format may be named after its number; a second attempt may not. */
export const versionedSymbol: Rule = (file) =>
  file.findings((node) =>
    (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) &&
    /(V[2-9]\d*|_v\d+)$/.test(node.name?.text ?? "")
      ? `${node.name?.text} carries a version: replace what it replaces`
      : undefined,
  );

export const indexHoldsNoLogic: Rule = (file) =>
  basename(file.path) === "index.ts" && file.path.startsWith("shared/") && file.lines.length > 150
    ? [`${file.path}: an index of ${file.lines.length} lines: move the logic beside it`]
    : [];
