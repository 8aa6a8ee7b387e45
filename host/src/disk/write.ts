import { writeSync } from "node:fs";

/** Writes every byte; the kernel may take less than asked at a time. Without `at` it goes on where the file stands. */
export function writeWhole(fd: number, bytes: Uint8Array, at: number | null = null): void {
  let done = 0;
  while (done < bytes.length) {
    const position = at === null ? null : at + done;
    done += writeSync(fd, bytes, done, bytes.length - done, position);
  }
}
