import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruise, type IViolation } from "dependency-cruiser";
import { cruiseOptions, forbidden } from "./boundaries.ts";
import { CRUISED, rooms } from "./rooms.ts";

/** A file path and its text. */
export type Tree = Readonly<Record<string, string>>;

const EXTERNAL = [...new Set(rooms.flatMap((room) => room.vendors)), "left-pad"];

/** One empty index per room and per npm package: the smallest tree on which every rule can be tried. */
function ground(): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const room of rooms) tree[`${room.folder}/index.ts`] = "export const here = 1;\n";
  for (const folder of CRUISED) tree[`${folder}/ground.ts`] = "export const here = 1;\n";
  for (const name of EXTERNAL) {
    tree[`node_modules/${name}/package.json`] = JSON.stringify({ name, main: "index.js" });
    tree[`node_modules/${name}/index.js`] = "exports.here = 1;\n";
  }
  tree["shared/package.json"] = JSON.stringify({
    name: "@believe/shared",
    exports: Object.fromEntries(
      rooms
        .filter((room) => room.folder.startsWith("shared/"))
        .map((room) => [`./${room.name.slice(7)}`, `./${room.folder.slice(7)}/index.ts`]),
    ),
  });
  return tree;
}

/** Writes the ground and the planted files into a folder of its own and cruises it with the real rules. */
export async function violationsOf(planted: Tree): Promise<readonly IViolation[]> {
  const folder = mkdtempSync(join(tmpdir(), "believe-rooms-"));
  try {
    for (const [path, text] of Object.entries({ ...ground(), ...planted })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    mkdirSync(join(folder, "node_modules/@believe"), { recursive: true });
    symlinkSync("../../shared", join(folder, "node_modules/@believe/shared"));
    const { output } = await cruise(CRUISED, {
      ...cruiseOptions,
      baseDir: folder,
      validate: true,
      ruleSet: { forbidden: [...forbidden] },
    });
    if (typeof output === "string") throw new Error(`expected a cruise result, was ${output}`);
    return output.summary.violations;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
