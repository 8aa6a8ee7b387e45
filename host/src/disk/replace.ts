import { dirname } from "node:path";
import type { Disk } from "@believe/shared/base";
import { nodeDisk } from "./node-disk.ts";
import { writeWhole } from "./write.ts";

/** Replaces a file atomically and durably: a crash leaves the old text or the new one, never a mixture. */
export function replaceFile(path: string, text: string, disk: Disk = nodeDisk): void {
  const draft = `${path}.new`;
  const file = disk.open(draft, "w", 0o600);
  try {
    writeWhole(disk, file, Buffer.from(text));
    disk.sync(file);
  } finally {
    disk.close(file);
  }
  disk.rename(draft, path);
  disk.syncFolder(dirname(path));
}
