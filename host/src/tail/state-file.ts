import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { systemCode, TailFailure } from "./tail-failure.ts";

/** Windows refuses a rename while a scanner holds the old file. */
const RENAME_TRIES = 20;
const RENAME_WAIT_MS = 5;

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function replace(from: string, to: string): void {
  for (let tries = 1; ; tries++) {
    try {
      renameSync(from, to);
      return;
    } catch (cause) {
      const busy = ["EPERM", "EACCES", "EBUSY"].includes(systemCode(cause));
      if (!busy || tries === RENAME_TRIES) {
        const message = `expected to replace ${to}, was refused with ${systemCode(cause)}`;
        throw new TailFailure("state-unwritable", message, { cause });
      }
      pause(RENAME_WAIT_MS);
    }
  }
}

function syncFolder(path: string): void {
  // Windows cannot open a folder; its rename is durable without.
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Writes `value` as JSON so that a crash leaves either the old or the new file, whole. */
export function writeStateFile(path: string, value: unknown): void {
  const next = `${path}.next`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(next, "w");
    try {
      writeSync(file, `${JSON.stringify(value)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    const message = `expected to write ${next}, was refused with ${systemCode(cause)}`;
    throw new TailFailure("state-unwritable", message, { cause });
  }
  replace(next, path);
  syncFolder(dirname(path));
}

/** The value in the file, or null when there is none. Throws `TailFailure` when it does not fit `schema`. */
export function readStateFile<T>(path: string, schema: z.ZodType<T>): T | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return null;
    const message = `expected to read ${path}, was refused with ${systemCode(cause)}`;
    throw new TailFailure("corrupt-state", message, { cause });
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause).split("\n")[0] : "no JSON";
    const message = `expected the reader's state in ${path}, was damaged (${why}): restore it or remove it`;
    throw new TailFailure("corrupt-state", message, { cause });
  }
}
