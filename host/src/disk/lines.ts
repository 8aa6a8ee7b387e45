import type { Disk } from "@believe/shared/base";

const LF = 0x0a;
const CHUNK_BYTES = 1 << 20;

/** One line of a file: its bytes without the line feed and the offset of its first byte. */
export interface FileLine {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/**
 * The whole lines between two offsets, a chunk at a time, so that a large file never lies in memory.
 * Bytes after the last line feed are not yielded: the generator returns the offset at which they begin.
 * The bytes of a line are valid until the next one is asked for.
 */
export function* linesBetween(
  disk: Disk,
  file: number,
  from: number,
  to: number,
): Generator<FileLine, number> {
  let chunk: Buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(1, to - from)));
  let held = 0;
  let at = from;
  let read = from;
  while (read < to) {
    if (held === chunk.length) chunk = Buffer.concat([chunk], chunk.length * 2);
    const room = Math.min(chunk.length - held, to - read);
    const count = disk.read(file, chunk.subarray(held, held + room), read);
    if (count === 0) break;
    read += count;
    const end = held + count;
    let start = 0;
    for (;;) {
      const feed = chunk.subarray(0, end).indexOf(LF, start);
      if (feed === -1) break;
      yield { at, bytes: chunk.subarray(start, feed) };
      at += feed + 1 - start;
      start = feed + 1;
    }
    chunk.copyWithin(0, start, end);
    held = end - start;
  }
  return at;
}
