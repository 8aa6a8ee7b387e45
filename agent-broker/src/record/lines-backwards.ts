import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 1 << 20;

/** The whole lines of a file, newest first, read a piece at a time: a segment of a day does not fit in memory. */
export function* linesBackwards(file: string): Generator<string> {
  const handle = openSync(file, "r");
  try {
    let end = fstatSync(handle).size;
    let tail = Buffer.alloc(0);
    while (end > 0) {
      const start = Math.max(0, end - CHUNK_BYTES);
      const chunk = Buffer.alloc(end - start);
      readSync(handle, chunk, 0, chunk.length, start);
      const held = Buffer.concat([chunk, tail]);
      const cut = start === 0 ? 0 : held.indexOf(0x0a) + 1;
      const lines = held.subarray(cut).toString("utf8").split("\n").reverse();
      for (const line of lines) if (line !== "") yield line;
      tail = held.subarray(0, cut);
      end = start;
    }
  } finally {
    closeSync(handle);
  }
}
