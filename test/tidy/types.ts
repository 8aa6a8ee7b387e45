import ts from "typescript";
import type { Rule } from "./source.ts";

const DEFAULT_EXPORTS = ["vitest.config.ts", "worker/src/index.ts"];

function isBase(path: string): boolean {
  return path.startsWith("shared/src/base/");
}

export const anyType: Rule = (file) =>
  file.findings((node) =>
    node.kind === ts.SyntaxKind.AnyKeyword && !file.path.endsWith(".d.ts")
      ? "`any`: use unknown and parse it"
      : undefined,
  );

/** `as const` and renaming in imports are no assertions; a cast belongs to the brands in base. */
export const typeAssertion: Rule = (file) =>
  file.findings((node) => {
    if (isBase(file.path)) return undefined;
    if (ts.isTypeAssertionExpression(node)) return "a cast: parse it, or make a brand in base";
    if (!ts.isAsExpression(node)) return undefined;
    return node.type.getText(file.tree) === "const"
      ? undefined
      : "`as`: parse it with its schema, or make a brand in base";
  });

export const nonNull: Rule = (file) =>
  file.findings((node) =>
    ts.isNonNullExpression(node) ? "`!`: check it, or use invariant()" : undefined,
  );

export const defaultExport: Rule = (file) =>
  file.findings((node) => {
    if (DEFAULT_EXPORTS.includes(file.path) || file.path.endsWith(".d.ts")) return undefined;
    const isDefault =
      ts.isExportAssignment(node) ||
      (ts.isExportSpecifier(node) && node.name.text === "default") ||
      (node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent));
    return isDefault ? "a default export: export it by its name" : undefined;
  });
