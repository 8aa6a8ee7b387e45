import ts from "typescript";
import type { Rule, Source } from "./source.ts";

const AMBIENT: Readonly<Record<string, string>> = {
  performance: "time comes in as an event",
  setTimeout: "a timer is an event",
  setInterval: "a timer is an event",
  setImmediate: "a timer is an event",
  queueMicrotask: "a timer is an event",
  globalThis: "name the global that base/platform.d.ts allows",
  process: "configuration comes in as an argument",
  eval: "write the code",
  Function: "write the code",
};
const NOT_THE_SAME_EVERYWHERE = ["random", "pow"];

function applies(file: Source): boolean {
  return file.path.startsWith("shared/src/") && !file.isTest && !file.path.endsWith(".d.ts");
}

/** Whether an identifier stands for a value: not a type, a member's name, a key, a declaration or an import. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isTypeNode(parent) || ts.isQualifiedName(parent)) return false;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isImportSpecifier(parent) || ts.isPropertySignature(parent)) return false;
  if (ts.isMethodDeclaration(parent) || ts.isPropertyDeclaration(parent))
    return parent.name !== node;
  return !(ts.isParameter(parent) && parent.name === node);
}

/** `new Date(ms)`, `Date.UTC` and `Date.parse` are arithmetic; everything else of it, an alias included, reads the clock. */
function dateFinding(node: ts.Identifier): string | undefined {
  const { parent } = node;
  if (ts.isNewExpression(parent) && (parent.arguments?.length ?? 0) > 0) return undefined;
  if (ts.isPropertyAccessExpression(parent) && ["UTC", "parse"].includes(parent.name.text))
    return undefined;
  return "Date reads the wall clock: time comes in as TimeUs";
}

function mathFinding(node: ts.Identifier): string | undefined {
  const { parent } = node;
  if (!ts.isPropertyAccessExpression(parent)) return "Math under another name: write Math.x";
  if (!NOT_THE_SAME_EVERYWHERE.includes(parent.name.text)) return undefined;
  return parent.name.text === "random"
    ? "Math.random: take an Rng"
    : "Math.pow: multiply, or use Math.exp";
}

export const purity: Rule = (file) => {
  if (!applies(file)) return [];
  return file.findings((node) => {
    if (
      node.kind === ts.SyntaxKind.AsteriskAsteriskToken ||
      node.kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken
    ) {
      return "`**` differs in the last bit between engines: multiply, or use Math.exp";
    }
    if (!ts.isIdentifier(node) || !isValue(node)) return undefined;
    if (node.text === "Date") return dateFinding(node);
    if (node.text === "Math") return mathFinding(node);
    const instead = Object.hasOwn(AMBIENT, node.text) ? AMBIENT[node.text] : undefined;
    return instead === undefined ? undefined : `${node.text}: ${instead}`;
  });
};
