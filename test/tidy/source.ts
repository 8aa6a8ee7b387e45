import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

function nodesUnder(top: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(top);
  return nodes;
}

/** A text file of the repository; a TypeScript file is parsed and walked once, when a rule first asks for it. */
export class Source {
  readonly path: string;
  readonly text: string;
  #tree: ts.SourceFile | undefined;
  #nodes: readonly ts.Node[] | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  static read(root: string, path: string): Source {
    return new Source(path, readFileSync(join(root, path), "utf8"));
  }

  get lines(): string[] {
    return this.text.replace(/\r?\n$/, "").split(/\r?\n/);
  }

  get tree(): ts.SourceFile {
    const kind = this.path.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
    this.#tree ??= ts.createSourceFile(this.path, this.text, ts.ScriptTarget.ES2024, true, kind);
    return this.#tree;
  }

  get isCode(): boolean {
    return /\.tsx?$/.test(this.path);
  }

  /** Tests, the suites that ports share, and whatever stands in a folder named test. */
  get isTest(): boolean {
    return /\.(test|contract)\.tsx?$|(^|\/)test\//.test(this.path);
  }

  /** Scripts, whole-system tests and benches: they run on a developer's machine only. */
  get isWorkshop(): boolean {
    return /^(scripts|test|bench)\//.test(this.path);
  }

  lineOf(node: ts.Node): number {
    return this.tree.getLineAndCharacterOfPosition(node.getStart(this.tree)).line + 1;
  }

  /** Every node of the tree, parents before children. */
  get nodes(): readonly ts.Node[] {
    this.#nodes ??= nodesUnder(this.tree);
    return this.#nodes;
  }

  /** "path:line: what to do instead" for each node of a TypeScript file that `says` has a word about. */
  findings(says: (node: ts.Node) => string | undefined): string[] {
    if (!this.isCode) return [];
    return this.nodes.flatMap((node) => {
      const words = says(node);
      return words === undefined ? [] : [`${this.path}:${this.lineOf(node)}: ${words}`];
    });
  }
}

/** A house rule: what it finds wrong in one file, each finding naming the replacement. */
export type Rule = (file: Source) => string[];
