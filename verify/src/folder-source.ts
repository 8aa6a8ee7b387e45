import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { VerifyFailure } from "./failure.ts";
import type { OpenSource } from "./url-source.ts";

const FILE_BYTES_MAX = 64 * 1024 * 1024;
const ABSENT = new Set(["ENOENT", "ENOTDIR", "EISDIR"]);

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** A mirrored log: the folder that holds `checkpoint`, or the one that holds `log/broker/checkpoint`. */
export function folderSource(folder: string): OpenSource {
  const inside = join(folder, "log", "broker");
  const base = existsSync(join(folder, "checkpoint")) || !existsSync(inside) ? folder : inside;
  return {
    address: resolve(base),
    close: async () => undefined,
    get: async (path) => {
      const file = join(base, path);
      try {
        const { size } = await stat(file);
        if (size > FILE_BYTES_MAX) {
          throw new VerifyFailure(
            "unreachable",
            `expected at most ${FILE_BYTES_MAX} bytes in ${file}`,
          );
        }
        return new Uint8Array(await readFile(file));
      } catch (cause) {
        if (ABSENT.has(codeOf(cause))) return null;
        if (cause instanceof VerifyFailure) throw cause;
        const why = codeOf(cause) || String(cause);
        throw new VerifyFailure("unreachable", `expected to read ${file}, was ${why}`, { cause });
      }
    },
  };
}
