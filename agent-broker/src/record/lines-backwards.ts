import { nodeDisk } from "@believe/host/disk";
import type { Disk } from "@believe/shared/base";

const CHUNK_BYTES = 1 << 20;

/** The whole lines of a file, newest first, read a piece at a time: a segment of a day does not fit in memory. */
export function* linesBackwards(path: string, disk: Disk = nodeDisk): Generator<string> {
  const file = disk.open(path, "r");
  try {
    let end = disk.size(file);
    let tail = Buffer.alloc(0);
    while (end > 0) {
      const start = Math.max(0, end - CHUNK_BYTES);
      const chunk = Buffer.alloc(end - start);
      disk.read(file, chunk, start);
      const held = Buffer.concat([chunk, tail]);
      const cut = start === 0 ? 0 : held.indexOf(0x0a) + 1;
      const lines = held.subarray(cut).toString("utf8").split("\n").reverse();
      for (const line of lines) if (line !== "") yield line;
      tail = held.subarray(0, cut);
      end = start;
    }
  } finally {
    disk.close(file);
  }
}
