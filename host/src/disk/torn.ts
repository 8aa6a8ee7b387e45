import { closeSync, fsyncSync, ftruncateSync, openSync, readSync } from "node:fs";
import { dirname } from "node:path";
import { syncFolder } from "./folder.ts";
import { writeWhole } from "./write.ts";

/**
 * Cuts what a crash left after the last line feed. The bytes are kept beside the file, synced before the cut,
 * so nothing is ever deleted silently. Returns how many were cut.
 */
export function cutTornLine(file: string, fd: number, from: number, to: number): number {
  if (from === to) return 0;
  const torn = Buffer.alloc(to - from);
  let read = 0;
  while (read < torn.length) {
    const count = readSync(fd, torn, read, torn.length - read, from + read);
    if (count === 0) break;
    read += count;
  }
  const side = openSync(`${file}.${from}.torn`, "w", 0o600);
  try {
    writeWhole(side, torn);
    fsyncSync(side);
  } finally {
    closeSync(side);
  }
  syncFolder(dirname(file));
  ftruncateSync(fd, from);
  fsyncSync(fd);
  return to - from;
}
