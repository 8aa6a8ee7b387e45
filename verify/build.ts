import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** Some of what is bundled is CommonJS and asks for Node's modules by require. */
const REQUIRE =
  'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';

/** Builds the verifier as one file that runs alone under Node, from any folder. Returns its path. */
export async function buildVerify(
  outfile: string = join(HERE, "dist", "believe-verify.mjs"),
): Promise<string> {
  await build({
    absWorkingDir: HERE,
    entryPoints: ["src/main.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
    legalComments: "inline",
    logLevel: "warning",
  });
  return outfile;
}

if (import.meta.main) await buildVerify();
