import { closeSync, fsyncSync, openSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { syncFolder } from "./folder.ts";
import { writeWhole } from "./write.ts";

/** Replaces a file atomically and durably: a crash leaves the old text or the new one, never a mixture. */
export function replaceFile(file: string, text: string): void {
  const draft = `${file}.new`;
  const fd = openSync(draft, "w", 0o600);
  try {
    writeWhole(fd, Buffer.from(text));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, file);
  syncFolder(dirname(file));
}
