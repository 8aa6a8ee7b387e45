import { dirname } from "node:path";
import type { Disk } from "@believe/shared/base";
import { writeWhole } from "./write.ts";

/** What lies after the last line feed of an open file: bytes `from` to `to` (not included). */
export interface TornLine {
  readonly path: string;
  readonly file: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Cuts what a crash left after the last line feed. The bytes are kept beside the file, synced before the cut,
 * so nothing is ever deleted silently. Returns how many were cut.
 */
export function cutTornLine(disk: Disk, { path, file, from, to }: TornLine): number {
  if (from === to) return 0;
  const torn = Buffer.alloc(to - from);
  let read = 0;
  while (read < torn.length) {
    const count = disk.read(file, torn.subarray(read), from + read);
    if (count === 0) break;
    read += count;
  }
  const side = disk.open(`${path}.${from}.torn`, "w", 0o600);
  try {
    writeWhole(disk, side, torn);
    disk.sync(side);
  } finally {
    disk.close(side);
  }
  disk.syncFolder(dirname(path));
  disk.truncate(file, from);
  disk.sync(file);
  return to - from;
}
