import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

export interface ConsoleFile {
  readonly bytes: Buffer;
  readonly type: string;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/**
 * The page's built files, read whole at the start and served from memory by their exact path: a request names an entry
 * of this table or nothing, so no path of the disk can be asked for.
 */
export function consoleFiles(folder: string): ReadonlyMap<string, ConsoleFile> {
  const files = new Map<string, ConsoleFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${file.slice(folder.length + 1).replaceAll("\\", "/")}`;
    files.set(path, { bytes: readFileSync(file), type });
  }
  const page = files.get("/console.html");
  if (page) files.set("/", page);
  return files;
}
