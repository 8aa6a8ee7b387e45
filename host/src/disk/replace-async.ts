import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** `replaceFile` off the main thread, for what is written often beside an order path. One call at a time a file. */
export async function replaceFileLater(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  const handle = await open(draft, "w", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  if (process.platform === "win32") return;
  const folder = await open(dirname(file), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
