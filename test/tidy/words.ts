import type { Rule, Source } from "./source.ts";

// Written apart so that this file does not find itself.
const UNFINISHED = new RegExp(
  `\\b(${["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"].join("|")})\\b`,
);
const MACHINE = new RegExp(
  `(^|[\\s"'\`(=:])(/(ho${""}me|ro${""}ot|Us${""}ers|wo${""}rk)/|[A-Z]:\\\\+Users)`,
);
const SILENCED = /@ts-(ignore|nocheck)|biome-ignore(?! [\w/]+: .{10,})/;

function linesWith(file: Source, pattern: RegExp, says: string): string[] {
  return file.lines.flatMap((line, index) =>
    pattern.test(line) ? [`${file.path}:${index + 1}: ${says}`] : [],
  );
}

function isText(file: Source): boolean {
  return !/\.(png|jpg|ico|woff2|gz|onnx|bin)$|package-lock\.json$/.test(file.path);
}

export const unfinishedWord: Rule = (file) =>
  isText(file) ? linesWith(file, UNFINISHED, "write it now, or leave it out") : [];

export const machinePath: Rule = (file) =>
  isText(file)
    ? linesWith(file, MACHINE, "a path of one machine: take it from the configuration")
    : [];

export const silencedTool: Rule = (file) =>
  file.isCode && !file.path.startsWith("test/tidy")
    ? linesWith(file, SILENCED, "mend what the tool found, or give biome-ignore a reason")
    : [];

/** Declarations that a compiler left beside their source. */
export function leftDeclarations(paths: readonly string[]): string[] {
  const known = new Set(paths);
  return paths
    .filter((path) => path.endsWith(".d.ts") && known.has(path.replace(/\.d\.ts$/, ".ts")))
    .map((path) => `${path}: a compiler made it: delete it, tsc -b writes to node_modules/.cache`);
}
