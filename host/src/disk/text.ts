import type { Disk } from "@believe/shared/base";
import { hasCode } from "./code.ts";

/** The text of a whole file, null when there is none of that name. */
export function readText(disk: Disk, path: string): string | null {
  try {
    return Buffer.from(disk.readWhole(path)).toString("utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}
