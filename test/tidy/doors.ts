import { posix } from "node:path";
import ts from "typescript";
import { COMPOSERS, roomOf } from "../rooms.ts";
import type { Rule, Source } from "./source.ts";

const PACKAGES = /^(shared|host|worker|agent-broker|agent-research|pages|verify|sim)\//;
const VERIFIES = /(\bsubtle\.verify|\bcrypto\.verify|\bdetached\.verify)$/;

function mayReadEnvironment(file: Source): boolean {
  return (
    file.isTest ||
    file.isWorkshop ||
    file.path.endsWith("/config.ts") ||
    file.path === "vitest.config.ts"
  );
}

/** `process.env`, however it is reached: by element, by an alias of process, by node:process. */
export const environment: Rule = (file) =>
  file.findings((node) => {
    if (mayReadEnvironment(file)) return undefined;
    const says = "only config.ts reads the environment: take it as an argument";
    if (ts.isImportDeclaration(node)) {
      return /^["'](node:)?process["']$/.test(node.moduleSpecifier.getText()) ? says : undefined;
    }
    if (!ts.isIdentifier(node) || node.text !== "process") return undefined;
    const { parent } = node;
    if (ts.isPropertyAccessExpression(parent)) {
      return parent.expression === node && parent.name.text === "env" ? says : undefined;
    }
    if (ts.isElementAccessExpression(parent)) return says;
    return ts.isVariableDeclaration(parent) && parent.initializer === node ? says : undefined;
  });

/** What an import() names must be readable, or no tool can tell what a file reaches. */
export const computedImport: Rule = (file) =>
  file.findings((node) => {
    if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.ImportKeyword)
      return undefined;
    // The bench runner imports what its own folder lists.
    if (file.path === "bench/run.ts") return undefined;
    const [name] = node.arguments;
    return name && ts.isStringLiteralLike(name)
      ? undefined
      : "a computed import(): list the modules and import each by its name";
  });

/** Signatures are checked by strictVerifier; a bare primitive accepts malleable ones. */
export const barePrimitive: Rule = (file) =>
  file.findings((node) => {
    if (file.isTest || /^(shared\/src\/base|host\/src\/keys)\//.test(file.path)) return undefined;
    const says = "a bare verify primitive: take a Verify made by strictVerifier";
    if (ts.isPropertyAccessExpression(node)) {
      return VERIFIES.test(node.getText().replaceAll(/[\s?]+/g, "")) ? says : undefined;
    }
    if (!ts.isImportSpecifier(node) || (node.propertyName ?? node.name).text !== "verify")
      return undefined;
    return /crypto["']$/.test(node.parent.parent.parent.moduleSpecifier.getText())
      ? says
      : undefined;
  });

/**
 * A relative import stays in its package, inside shared in its room; everything else goes through `exports`. Who
 * composes the whole may reach into every part.
 */
export const frontDoor: Rule = (file) =>
  file.findings((node) => {
    if (
      !PACKAGES.test(file.path) ||
      COMPOSERS.some((folder) => file.path.startsWith(`${folder}/`)) ||
      !(ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    )
      return undefined;
    const specifier = node.moduleSpecifier?.getText().slice(1, -1);
    if (!specifier?.startsWith(".")) return undefined;
    const target = posix.join(posix.dirname(file.path), specifier);
    const home = target.split("/")[0];
    if (home !== file.path.split("/")[0])
      return `${specifier} leaves the package: import it by its name`;
    // A room within a room may reach out to the one around it.
    const room = roomOf(target);
    if (home !== "shared" || room === undefined || file.path.startsWith(`${room.folder}/`))
      return undefined;
    return `${specifier} leaves the room: import @believe/${room.name}`;
  });
