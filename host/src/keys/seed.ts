import { randomBytes } from "node:crypto";
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { type Bytes, checkedSeed, KeyFailure } from "@believe/shared/base";
import { hasCode, syncFolder } from "../disk/index.ts";
import { KeyFileFailure } from "./failure.ts";

const SEED_BYTES = 32;

/** A fresh Ed25519 seed from the operating system's random source. */
export function newSeed(): Bytes {
  return new Uint8Array(randomBytes(SEED_BYTES));
}

/** Reads a seed of 32 raw bytes from a file that its owner alone can read. */
export function loadSeed(file: string): Bytes {
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch (cause) {
    throw new KeyFileFailure("unreadable", `expected a readable seed file ${file}, was none`, {
      cause,
    });
  }
  try {
    const mode = fstatSync(fd).mode & 0o777;
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new KeyFileFailure(
        "open-to-others",
        `expected seed file ${file} with mode 600, was ${mode.toString(8)}`,
      );
    }
    return checkedSeed(readFileSync(fd));
  } catch (cause) {
    if (!(cause instanceof KeyFailure)) throw cause;
    throw new KeyFileFailure("not-a-seed", `in the seed file ${file}: ${cause.message}`, { cause });
  } finally {
    closeSync(fd);
  }
}

/**
 * Loads the seed, or makes it at the first start. A crash while it is made leaves no half-written seed under its
 * name: the bytes are synced under another name first and linked, which never replaces an existing file.
 */
export function loadOrCreateSeed(file: string): Bytes {
  try {
    return loadSeed(file);
  } catch (failure) {
    if (!(failure instanceof KeyFileFailure && hasCode(failure.cause, "ENOENT"))) throw failure;
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString("hex")}.new`;
  const fd = openSync(draft, "wx", 0o600);
  try {
    writeSync(fd, newSeed());
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  try {
    linkSync(draft, file);
  } catch (cause) {
    // Another process made it between our look and our link: its seed is the one.
    if (!hasCode(cause, "EEXIST")) throw cause;
  } finally {
    unlinkSync(draft);
  }
  syncFolder(dirname(file));
  return loadSeed(file);
}
