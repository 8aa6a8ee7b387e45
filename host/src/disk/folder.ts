import { closeSync, fsyncSync, openSync } from "node:fs";

/** Makes created, renamed and removed names of a folder survive a power failure. Windows does so by itself. */
export function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
