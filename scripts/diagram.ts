/** Writes the room map into ARCHITECTURE.md: `node scripts/diagram.ts`. A test fails when it is stale. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withDiagram } from "../test/diagram.ts";
import { ROOT } from "./paths.ts";

const file = join(ROOT, "ARCHITECTURE.md");
writeFileSync(file, withDiagram(readFileSync(file, "utf8")));
