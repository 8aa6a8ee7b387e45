/** The import rules on the real tree: `node scripts/cruise.ts`. Exits 1 on a violation or when it was blind. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { cruiseOptions, forbidden } from "../test/boundaries.ts";
import { CRUISED } from "../test/rooms.ts";
import { ROOT } from "./paths.ts";
import { filesOf, isSource } from "./tree.ts";

/** Source files that the cruise did not look at; with the wrong compiler it looks at none and reports nothing. */
export function unseen(sources: readonly string[], result: ICruiseResult): string[] {
  const seen = new Set(result.modules.map((module) => module.source));
  return sources.filter((path) => !seen.has(path));
}

async function main(): Promise<void> {
  const folders = CRUISED.filter((folder) => existsSync(join(ROOT, folder)));
  const sources = folders.flatMap((folder) => filesOf(ROOT, folder)).filter(isSource);
  const { output } = await cruise(folders, {
    ...cruiseOptions,
    baseDir: ROOT,
    validate: true,
    ruleSet: { forbidden: [...forbidden] },
  });
  if (typeof output === "string") throw new Error(`expected a cruise result, was ${output}`);
  const missed = unseen(sources, output);
  for (const { rule, from, to } of output.summary.violations) {
    console.error(`${rule.name}: ${from} → ${to}`);
  }
  for (const path of missed) console.error(`not cruised: ${path}`);
  console.log(`${sources.length} source files, ${output.summary.totalCruised} modules cruised`);
  if (missed.length > 0 || output.summary.violations.length > 0) process.exitCode = 1;
}

if (import.meta.main) await main();
