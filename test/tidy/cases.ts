import { actionPins, changelogWidth, decisionShape } from "./documents.ts";
import { barePrimitive, computedImport, environment, frontDoor } from "./doors.ts";
import { agedName, indexHoldsNoLogic, vagueName, versionedSymbol } from "./names.ts";
import { purity } from "./purity.ts";
import { fileLength, functionLength, parameterCount } from "./sizes.ts";
import type { Rule } from "./source.ts";
import { anyType, defaultExport, nonNull, typeAssertion } from "./types.ts";
import { machinePath, silencedTool, unfinishedWord } from "./words.ts";

/** A rule on single files, in words, with what it must find and what it must let pass. */
export interface Case {
  readonly rule: Rule;
  readonly says: string;
  /** Each of these files must be found. */
  readonly bad: readonly (readonly [path: string, text: string])[];
  /** None of these may be found. */
  readonly good: readonly (readonly [path: string, text: string])[];
}

const lines = (count: number) => "let x = 1;\n".repeat(count);
const PURE = "shared/src/market/bar.ts";
const TO_DO = ["TO", "DO"].join("");
const HOME = ["/ho", "me/"].join("");

export const cases: readonly Case[] = [
  {
    rule: fileLength,
    says: "no file is longer than 500 lines",
    bad: [["host/src/a.ts", lines(501)]],
    good: [
      ["host/src/a.ts", lines(500)],
      ["shared/src/base/ed25519.vectors.ts", lines(900)],
    ],
  },
  {
    rule: functionLength,
    says: "no function is longer than 60 lines",
    bad: [
      ["host/src/a.ts", `function f() {\n${lines(59)}}\n`],
      ["host/src/a.ts", `const f = () => {\n${lines(59)}};\n`],
      ["host/src/a.ts", `class A { m() {\n${lines(60)}} }\n`],
    ],
    good: [
      ["host/src/a.ts", `function f() {\n${lines(58)}}\n`],
      ["host/src/a.test.ts", `describe("a", () => {\n${lines(90)}});\n`],
    ],
  },
  {
    rule: parameterCount,
    says: "no function takes more than four parameters",
    bad: [["host/src/a.ts", "const f = (a, b, c, d, e) => a;"]],
    good: [["host/src/a.ts", "const f = (a, b, c, d) => a;"]],
  },
  {
    rule: vagueName,
    says: "no file or folder has a name that says nothing",
    bad: [
      ["host/src/utils/a.ts", ""],
      ["pages/ui/helpers.ts", ""],
      ["shared/src/core/a.ts", ""],
      ["agent-broker/src/manager.test.ts", ""],
    ],
    good: [["shared/src/market/score.ts", ""]],
  },
  {
    rule: agedName,
    says: "no file or folder is named after its age",
    bad: [
      ["shared/src/model/tree_v2.ts", ""],
      ["shared/src/exit/trail-new.ts", ""],
      ["host/src/v3/a.ts", ""],
    ],
    good: [["shared/src/market/renew.ts", ""]],
  },
  {
    rule: versionedSymbol,
    says: "no function or class carries a version",
    bad: [["host/src/a.ts", "export function placeV2() {}"]],
    good: [["host/src/a.ts", "export function cosignatureV1() {}"]],
  },
  {
    rule: indexHoldsNoLogic,
    says: "an index lists, it does not compute",
    bad: [["shared/src/wire/index.ts", lines(151)]],
    good: [["shared/src/wire/index.ts", lines(50)]],
  },
  {
    rule: unfinishedWord,
    says: "nothing is left for later",
    bad: [["docs/a.md", `${TO_DO}: the rest`]],
    good: [["docs/a.md", "to do the rest"]],
  },
  {
    rule: machinePath,
    says: "no path of one machine",
    bad: [["docs/a.md", `see ${HOME}me/notes`]],
    good: [["worker/src/a.ts", 'app.get("/worker/state")']],
  },
  {
    rule: silencedTool,
    says: "no tool is silenced without a reason",
    bad: [
      ["host/src/a.ts", "// @ts-ignore\n"],
      ["host/src/a.ts", "// biome-ignore lint/suspicious/noExplicitAny: x\n"],
    ],
    good: [
      ["host/src/a.ts", "// biome-ignore lint/style/noVar: a global must be declared this way\n"],
    ],
  },
  {
    rule: anyType,
    says: "no any",
    bad: [["host/src/a.ts", "const a: any = 1;"]],
    good: [["host/src/a.ts", "const any: unknown = 1; // any"]],
  },
  {
    rule: typeAssertion,
    says: "no casts outside base",
    bad: [
      ["host/src/a.ts", "const a = b as string;"],
      ["host/src/a.ts", "const a = b as unknown as string;"],
      ["host/src/a.ts", "const a = <string>b;"],
    ],
    good: [
      ["host/src/a.ts", 'import { a as b } from "c"; const d = [1] as const; export { b as e };'],
      ["shared/src/base/units.ts", "const a = b as Qty;"],
    ],
  },
  {
    rule: nonNull,
    says: "no non-null assertions",
    bad: [["host/src/a.ts", "const a = b!.c;"]],
    good: [["host/src/a.ts", "const a = !b;"]],
  },
  {
    rule: defaultExport,
    says: "no default exports",
    bad: [
      ["host/src/a.ts", "export default 1;"],
      ["host/src/a.ts", "export default function f() {}"],
      ["host/src/a.ts", 'export { a as default } from "./b.ts";'],
    ],
    good: [
      ["worker/src/index.ts", "export default {};"],
      ["host/src/a.ts", "switch (a) { default: b(); }"],
    ],
  },
  {
    rule: purity,
    says: "shared reads no clock, no chance and no environment",
    bad: [
      [PURE, "Date.now();"],
      [PURE, "new Date();"],
      [PURE, "const D = Date;"],
      [PURE, "const { now } = Date;"],
      [PURE, "Math.random();"],
      [PURE, "const { random } = Math;"],
      [PURE, "const M = Math;"],
      [PURE, "Math.pow(2, x);"],
      [PURE, "x ** 2;"],
      [PURE, "x **= 2;"],
      [PURE, "performance.now();"],
      [PURE, "setTimeout(f, 1);"],
      [PURE, "globalThis.Date;"],
    ],
    good: [
      [
        PURE,
        "new Date(ms); Date.UTC(2024, 1); Math.exp(-k * dt); type D = Date; a.performance; ({ Date: 1 });",
      ],
      ["shared/src/market/bar.test.ts", "Date.now();"],
      ["host/src/a.ts", "Date.now();"],
    ],
  },
  {
    rule: environment,
    says: "only config.ts reads the environment",
    bad: [
      ["host/src/a.ts", 'process.env["A"];'],
      ["host/src/a.ts", 'process["env"];'],
      ["host/src/a.ts", "const { env } = process;"],
      ["host/src/a.ts", 'import { env } from "node:process";'],
    ],
    good: [
      ["agent-broker/src/config.ts", 'process.env["A"];'],
      ["scripts/a.ts", 'process.env["A"];'],
      ["host/src/a.ts", "process.pid; process.exit(1);"],
    ],
  },
  {
    rule: computedImport,
    says: "every import() names what it imports",
    bad: [["host/src/a.ts", "await import(name);"]],
    good: [["host/src/a.ts", 'await import("./b.ts");']],
  },
  {
    rule: barePrimitive,
    says: "signatures are checked by the strict verifier only",
    bad: [
      ["worker/src/a.ts", "await crypto.subtle.verify(a, b, c, d);"],
      ["host/src/push/a.ts", "crypto.verify(null, a, b, c);"],
      ["host/src/push/a.ts", 'import { verify as check } from "node:crypto";'],
      ["pages/ui/a.ts", "nacl.sign.detached.verify(a, b, c);"],
    ],
    good: [
      ["shared/src/base/ed25519.ts", "subtle.verify(a, b, c, d);"],
      ["host/src/keys/verify.ts", 'import { verify } from "node:crypto";'],
      ["worker/src/a.ts", "await verify(key, message, signature);"],
    ],
  },
  {
    rule: frontDoor,
    says: "rooms and packages are entered through their front door",
    bad: [
      ["worker/src/a.ts", 'import "../../shared/src/wire/record.ts";'],
      ["shared/src/trade/a.ts", 'import { b } from "../market/bar.ts";'],
    ],
    good: [
      [
        "shared/src/trade/a.ts",
        'import { b } from "./fill.ts"; import { c } from "@believe/shared/market";',
      ],
      ["worker/src/routes/a.ts", 'import { b } from "../env.ts";'],
      ["test/a.test.ts", 'import "../scripts/paths.ts";'],
      ["sim/world/a.ts", 'import "../../agent-broker/src/recover.ts";'],
    ],
  },
  {
    rule: changelogWidth,
    says: "the changelog's lines are short",
    bad: [["CHANGELOG.md", "a".repeat(101)]],
    good: [["CHANGELOG.md", "a".repeat(100)]],
  },
  {
    rule: actionPins,
    says: "actions are pinned by commit",
    bad: [
      [".github/workflows/ci.yml", "- uses: actions/checkout@v5"],
      [".github/workflows/ci.yml", "- uses: actions/checkout@main # v5"],
    ],
    good: [[".github/workflows/ci.yml", `- uses: actions/checkout@${"0a".repeat(20)} # v5.0.0`]],
  },
  {
    rule: decisionShape,
    says: "a decision has its five parts on one page",
    bad: [["docs/decisions/0001-a.md", "# a\n\n## Status\n"]],
    good: [
      [
        "docs/decisions/0001-a.md",
        "# a\n\n## Status\n\n## Problem\n\n## Decision\n\n## Alternatives\n\n## Consequences\n",
      ],
    ],
  },
];
