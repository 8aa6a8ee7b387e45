import type { Disk } from "@believe/shared/base";
import { writeWhole } from "./write.ts";

const CHUNK_BYTES = 1 << 20;

/**
 * Writes bytes `from` to `to` of an open file over themselves and syncs. After a sync that failed, a kernel may go on
 * showing what it has dropped: whoever opens the file then reads lines that no later sync brings down. Written once
 * more they are on the disk, or the error is seen.
 */
export function rewriteTail(disk: Disk, file: number, from: number, to: number): void {
  for (let at = from; at < to; at += CHUNK_BYTES) {
    const bytes = new Uint8Array(Math.min(CHUNK_BYTES, to - at));
    let read = 0;
    while (read < bytes.length) {
      const count = disk.read(file, bytes.subarray(read), at + read);
      if (count === 0) break;
      read += count;
    }
    writeWhole(disk, file, bytes.subarray(0, read), at);
  }
  disk.datasync(file);
}
