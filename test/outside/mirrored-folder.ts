import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { bundlesFor, tilePath, tilesFor } from "@believe/shared/wire/log";

/** Copies what a stranger would fetch of a log into a folder with the same paths. */
export async function mirrorInto(
  folder: string,
  url: string,
  size: number,
  days: readonly string[],
) {
  const names = [...bundlesFor(0, size), ...tilesFor(0, size)];
  const paths = [
    "checkpoint",
    ...names.map(({ level, index, width }) => tilePath(level, index, width)),
    ...days.map((day) => `open/${day}.jsonl.gz`),
  ];
  for (const path of paths) {
    const answer = await fetch(`${url}/${path}`);
    if (answer.status !== 200) throw new Error(`expected ${path}, was ${answer.status}`);
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, new Uint8Array(await answer.arrayBuffer()));
  }
}

/** Changes a file of a mirrored folder in place. */
export function edit(folder: string, path: string, change: (bytes: Buffer) => Uint8Array): void {
  const file = join(folder, path);
  writeFileSync(file, change(readFileSync(file)));
}

/** The same for a text; a change that changes nothing is a mistake of the test. */
export function editText(folder: string, path: string, change: (text: string) => string): void {
  edit(folder, path, (bytes) => {
    const before = bytes.toString("utf8");
    const after = change(before);
    if (after === before) throw new Error(`expected a change of ${path}, was none`);
    return Buffer.from(after);
  });
}

/** The same for a gzipped day file. */
export function editDay(folder: string, path: string, change: (text: string) => string): void {
  edit(folder, path, (bytes) => {
    const before = gunzipSync(bytes).toString("utf8");
    const after = change(before);
    if (after === before) throw new Error(`expected a change of ${path}, was none`);
    return gzipSync(after);
  });
}

/** One byte of a file, at `at` or counted from its end. */
export function flip(folder: string, path: string, at: number): void {
  edit(folder, path, (bytes) => {
    const index = at < 0 ? bytes.length + at : at;
    bytes[index] = (bytes[index] ?? 0) ^ 1;
    return bytes;
  });
}
