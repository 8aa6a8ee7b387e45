import { type Bytes, concat, utf8 } from "@believe/shared/base";
import { expect } from "vitest";
import type { ServedLog } from "../served-log.ts";

/** The bytes with one bit changed. */
export function flipped(bytes: Bytes | undefined, at: number): Bytes {
  const copy = concat(bytes ?? new Uint8Array(0));
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** Changes the text of a served file; a change that changes nothing is a mistake of the test. */
export function edit(log: ServedLog, path: string, change: (text: string) => string): void {
  const text = log.text(path);
  const changed = change(text);
  expect(changed, `an edit of ${path}`).not.toBe(text);
  log.files.set(path, utf8(changed));
}
