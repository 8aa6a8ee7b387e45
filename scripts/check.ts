/** `npm run check`: every tool that reads the sources without running them, one line each. */
import "./require-node.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./paths.ts";
import { type Outcome, runSteps, type Step } from "./step.ts";

const node = process.execPath;
const tsc = [node, "node_modules/typescript-7/bin/tsc", "-b"];

function steps(): Step[] {
  const list: Step[] = [
    // The longest first: two lanes end at about the same time.
    { name: "tsc", command: [...tsc, "--pretty", "false", "tsconfig.json"] },
    {
      name: "knip",
      command: [node, "node_modules/knip/bin/knip.js", "--no-progress", "--no-config-hints"],
    },
    { name: "imports", command: [node, "scripts/cruise.ts"] },
    { name: "biome", command: ["biome", "check", "--error-on-warnings", "."] },
  ];
  if (existsSync(join(ROOT, "scripts/openapi.ts"))) {
    list.push({ name: "openapi", command: [node, "scripts/openapi.ts", "--check"] });
  }
  list.push({ name: "providers", command: [node, "scripts/providers.ts", "--check"] });
  return list;
}

function line({ name, ok, seconds }: Outcome): string {
  return `${ok ? "ok    " : "FAILED"}  ${name.padEnd(9)} ${seconds.toFixed(1).padStart(5)} s`;
}

const outcomes = await runSteps(steps(), 2, (outcome) => {
  console.log(line(outcome));
  if (!outcome.ok) console.error(outcome.output.trimEnd());
});
const failed = outcomes.filter(({ ok }) => !ok).length;
console.log(`check: ${outcomes.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
