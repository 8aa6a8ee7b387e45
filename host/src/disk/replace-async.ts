import { dirname } from "node:path";
import type { Disk } from "@believe/shared/base";
import { nodeDisk } from "./node-disk.ts";
import { writeWholeLater } from "./write.ts";

/** `replaceFile` off the main thread, for what is written often beside an order path. One call at a time a file. */
export async function replaceFileLater(
  path: string,
  content: string | Uint8Array,
  disk: Disk = nodeDisk,
): Promise<void> {
  const { later } = disk;
  const draft = `${path}.new`;
  const file = await later.open(draft, "w", 0o600);
  try {
    await writeWholeLater(disk, file, typeof content === "string" ? Buffer.from(content) : content);
    await later.sync(file);
  } finally {
    await later.close(file);
  }
  await later.rename(draft, path);
  await later.syncFolder(dirname(path));
}
