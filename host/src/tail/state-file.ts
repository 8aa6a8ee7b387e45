import { dirname } from "node:path";
import type { Disk } from "@believe/shared/base";
import { z } from "zod";
import { makeFolders, nodeDisk, readText, writeWhole } from "../disk/index.ts";
import { systemCode, TailFailure } from "./tail-failure.ts";

/** Windows refuses a rename while a scanner holds the old file. */
const RENAME_TRIES = 20;
const RENAME_WAIT_MS = 5;

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function replace(disk: Disk, from: string, to: string): void {
  for (let tries = 1; ; tries++) {
    try {
      disk.rename(from, to);
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

/** Writes `value` as JSON so that a crash leaves either the old or the new file, whole. */
export function writeStateFile(path: string, value: unknown, disk: Disk = nodeDisk): void {
  const next = `${path}.next`;
  try {
    makeFolders(disk, dirname(path));
    const file = disk.open(next, "w");
    try {
      writeWhole(disk, file, Buffer.from(`${JSON.stringify(value)}\n`));
      disk.sync(file);
    } finally {
      disk.close(file);
    }
  } catch (cause) {
    const message = `expected to write ${next}, was refused with ${systemCode(cause)}`;
    throw new TailFailure("state-unwritable", message, { cause });
  }
  replace(disk, next, path);
  disk.syncFolder(dirname(path));
}

/** The value in the file, or null when there is none. Throws `TailFailure` when it does not fit `schema`. */
export function readStateFile<T>(
  path: string,
  schema: z.ZodType<T>,
  disk: Disk = nodeDisk,
): T | null {
  let text: string | null;
  try {
    text = readText(disk, path);
  } catch (cause) {
    const message = `expected to read ${path}, was refused with ${systemCode(cause)}`;
    throw new TailFailure("corrupt-state", message, { cause });
  }
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause).split("\n")[0] : "no JSON";
    const message = `expected the reader's state in ${path}, was damaged (${why}): restore it or remove it`;
    throw new TailFailure("corrupt-state", message, { cause });
  }
}
