import { readdirSync } from "node:fs";
import { join } from "node:path";

const SKIPPED = new Set(["node_modules", ".git", ".believe", ".wrangler", "dist"]);

/** Every file below a folder that belongs to the repository, as sorted paths relative to it, with "/". */
export function filesOf(root: string, below = ""): string[] {
  return readdirSync(join(root, below), { withFileTypes: true })
    .filter((entry) => !SKIPPED.has(entry.name))
    .flatMap((entry) => {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return filesOf(root, path);
      return entry.isFile() ? [path] : [];
    })
    .sort();
}

/** Every folder that holds nothing at all, relative to the root. */
export function emptyFoldersOf(root: string, below = ""): string[] {
  const entries = readdirSync(join(root, below), { withFileTypes: true });
  if (entries.length === 0) return [below];
  return entries
    .filter((entry) => entry.isDirectory() && !SKIPPED.has(entry.name))
    .flatMap((entry) => emptyFoldersOf(root, below === "" ? entry.name : `${below}/${entry.name}`));
}

/** Whether a path is TypeScript or TSX source, declarations left out. */
export function isSource(path: string): boolean {
  return /\.tsx?$/.test(path) && !path.endsWith(".d.ts");
}
