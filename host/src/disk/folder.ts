import { dirname } from "node:path";
import type { Disk } from "@believe/shared/base";
import { hasCode } from "./code.ts";
import { nodeDisk } from "./node-disk.ts";

/** Makes created, renamed and removed names of a folder survive a power failure. Windows does so by itself. */
export function syncFolder(folder: string): void {
  nodeDisk.syncFolder(folder);
}

/**
 * Makes a folder and those above it. Each new one's name is durable before anything lies in it: a power failure
 * would otherwise take the folder with all that was synced inside.
 */
export function makeFolders(disk: Disk, folder: string, mode?: number): void {
  const above = dirname(folder);
  if (!disk.exists(folder)) {
    makeFolders(disk, above, mode);
    try {
      disk.makeFolder(folder, mode);
    } catch (error) {
      // Another process was quicker.
      if (!hasCode(error, "EEXIST")) throw error;
    }
  }
  // Also for one that is there: a process that was killed may have made it and not come to this line.
  disk.syncFolder(above);
}
