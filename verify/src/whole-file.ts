import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs";

/** Writes a file beside the old one, syncs it and puts it in the old one's place. */
export function writeWhole(file: string, text: string): void {
  const part = `${file}.${process.pid}.part`;
  const handle = openSync(part, "w", 0o600);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(part, file);
}
