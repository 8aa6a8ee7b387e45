import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { openApiDocument } from "../worker/src/openapi.ts";

const file = fileURLToPath(new URL("../docs/api/openapi.json", import.meta.url));
const text = `${JSON.stringify(openApiDocument(), null, 2)}\n`;

function committed(): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

if (process.argv.includes("--check")) {
  if (committed() !== text) {
    console.error(
      "docs/api/openapi.json is not what the route table makes: node scripts/openapi.ts",
    );
    process.exitCode = 1;
  }
} else {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
