/**
 * `npm test`: every suite in order, stopping at the first that fails, then a table of seconds.
 * `npm test -- unit rest` runs these only. `npm run test:long` is the same with BELIEVE_LONG=1.
 */
import "./require-node.ts";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BUDGETS, closing } from "./budget.ts";
import { ROOT } from "./paths.ts";
import { type Outcome, runStep, type Step } from "./step.ts";

const node = process.execPath;

function project(name: string): Step {
  return { name, command: [node, "node_modules/vitest/vitest.mjs", "run", "--project", name] };
}

const STEPS: readonly Step[] = [
  { name: "check", command: [node, "scripts/check.ts"] },
  project("unit"),
  project("worker"),
  project("rest"),
  project("sim"),
  project("scenario"),
  project("outside"),
  project("browser"),
];

function chosen(names: readonly string[]): readonly Step[] {
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(
      `expected suites of ${Object.keys(BUDGETS).join(", ")}, was ${unknown.join(", ")}`,
    );
    process.exit(1);
  }
  return names.length === 0 ? STEPS : STEPS.filter(({ name }) => names.includes(name));
}

/** What a suite needs before its own time runs: the Worker serves the built pages, a browser may be installed. */
async function ready({ name }: Step): Promise<boolean> {
  const scripts = {
    worker: ["pages"],
    scenario: ["pages"],
    outside: ["pages"],
    browser: ["pages", "find-browser"],
  };
  for (const script of Object.entries(scripts).find(([suite]) => suite === name)?.[1] ?? []) {
    const { ok } = await runStep({ name, command: [node, `scripts/${script}.ts`] }, true);
    if (!ok) return false;
  }
  return true;
}

async function run(step: Step): Promise<Outcome> {
  console.log(`\n▸ ${step.name}`);
  if (await ready(step)) return runStep(step, true);
  return { name: step.name, ok: false, seconds: 0, output: "" };
}

const outcomes: Outcome[] = [];
for (const step of chosen(process.argv.slice(2))) {
  const outcome = await run(step);
  outcomes.push(outcome);
  if (!outcome.ok) break;
}

const long = process.env["BELIEVE_LONG"] === "1";
const { lines, failed } = closing(outcomes, !long);
const folder = join(ROOT, "node_modules/.cache/believe");
mkdirSync(folder, { recursive: true });
const seconds = Object.fromEntries(outcomes.map((outcome) => [outcome.name, outcome.seconds]));
writeFileSync(join(folder, "suite-seconds.json"), `${JSON.stringify(seconds, null, 2)}\n`);
console.log(`\n${lines.join("\n")}`);
process.exitCode = failed === 0 ? 0 : 1;
