/** Writes docs/providers.md from the registry; `--check` fails when it differs. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { providers } from "../agent-broker/src/providers/index.ts";
import { ROOT } from "./paths.ts";
import { providersPage } from "./providers/page.ts";

const file = join(ROOT, "docs/providers.md");
const text = providersPage(providers);

function committed(): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

if (!process.argv.includes("--check")) writeFileSync(file, text);
else if (committed() !== text) {
  console.error("docs/providers.md is not what the registry makes: node scripts/providers.ts");
  process.exitCode = 1;
}
