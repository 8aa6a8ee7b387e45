import { closeSync, openSync, readSync } from "node:fs";

const CHUNK = 1 << 20;

/** True when the file contains the text's bytes anywhere. A file that cannot be opened contains nothing. */
export function holdsText(path: string, text: string): boolean {
  const wanted = Buffer.from(text);
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return false;
  }
  try {
    const buffer = Buffer.allocUnsafe(CHUNK + wanted.length);
    let kept = 0;
    for (let at = 0; ; ) {
      const got = readSync(file, buffer, kept, CHUNK, at);
      if (got === 0) return false;
      at += got;
      const held = buffer.subarray(0, kept + got);
      if (held.includes(wanted)) return true;
      // The text may lie across two chunks.
      kept = Math.min(held.length, wanted.length - 1);
      held.copyWithin(0, held.length - kept);
    }
  } finally {
    closeSync(file);
  }
}
