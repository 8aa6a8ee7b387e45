import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root, absolute. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** The environment for a child: whatever starts `node` or a tool by name gets ours, not the host's. */
export function childEnv(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const bin = join(ROOT, "node_modules", ".bin");
  const path = `${bin}${delimiter}${process.env["PATH"] ?? ""}`;
  return { ...process.env, PATH: path, FORCE_COLOR: "0", ...extra };
}
