import type { Disk } from "@believe/shared/base";

/** Writes every byte from offset `at` on; the system may take less than asked at a time. */
export function writeWhole(disk: Disk, file: number, bytes: Uint8Array, at = 0): void {
  let done = 0;
  while (done < bytes.length) done += disk.write(file, bytes.subarray(done), at + done);
}

/** `writeWhole` off the main thread. */
export async function writeWholeLater(
  disk: Disk,
  file: number,
  bytes: Uint8Array,
  at = 0,
): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    done += await disk.later.write(file, bytes.subarray(done), at + done);
  }
}
