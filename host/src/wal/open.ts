import { closeSync, fdatasyncSync, fstatSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cutTornLine, linesBetween, syncFolder } from "../disk/index.ts";
import { WalFailure } from "./failure.ts";
import { JournalFile } from "./journal-file.ts";

const NAME = /^journal-(\d{6})\.jsonl$/;

export function fileName(n: number): string {
  return `journal-${String(n).padStart(6, "0")}.jsonl`;
}

/** Creates the next file of a journal and returns its handle; its name survives a power failure. */
export function createFile(folder: string, n: number): { path: string; fd: number } {
  const path = join(folder, fileName(n));
  const fd = openSync(path, "wx+", 0o600);
  syncFolder(folder);
  return { path, fd };
}

/** What the files of a folder hold, with the last one open for writing and its torn line cut. */
export interface Opened {
  readonly files: JournalFile[];
  readonly fd: number;
  readonly tornBytes: number;
}

/**
 * Checks every line's number. The last file, the only one that a crash can have touched, is parsed in full;
 * the others are parsed when their records are read.
 */
export function openFiles(folder: string): Opened {
  const names = readdirSync(folder)
    .filter((name) => NAME.test(name))
    .sort();
  names.forEach((name, n) => {
    if (name !== fileName(n)) {
      throw new WalFailure(
        "corrupt",
        `expected ${fileName(n)} in ${folder}, was ${name}: a file of the journal is missing`,
      );
    }
  });
  const files: JournalFile[] = [];
  let nextSeq = 0;
  for (const name of names.slice(0, -1)) {
    const file = new JournalFile(join(folder, name), nextSeq);
    const fd = openSync(file.path, "r");
    try {
      const size = fstatSync(fd).size;
      if (scan(file, fd, size, checkNumber) !== size) {
        throw file.corrupt(file.nextSeq, "a line without its end, before the last file");
      }
    } finally {
      closeSync(fd);
    }
    files.push(file);
    nextSeq = file.nextSeq;
  }
  return openLast(folder, files, nextSeq, names.at(-1));
}

function openLast(
  folder: string,
  files: JournalFile[],
  nextSeq: number,
  name: string | undefined,
): Opened {
  if (name === undefined) {
    const { path, fd } = createFile(folder, 0);
    return { files: [new JournalFile(path, 0)], fd, tornBytes: 0 };
  }
  const file = new JournalFile(join(folder, name), nextSeq);
  const fd = openSync(file.path, "r+");
  try {
    const size = fstatSync(fd).size;
    const whole = scan(file, fd, size, (seq, bytes) => {
      file.parse(seq, bytes);
    });
    const tornBytes = cutTornLine(file.path, fd, whole, size);
    // A killed process may have left whole lines that were never synced: from here on they count.
    fdatasyncSync(fd);
    return { files: [...files, file], fd, tornBytes };
  } catch (failure) {
    closeSync(fd);
    throw failure;
  }
}

type Check = (seq: number, bytes: Uint8Array, file: JournalFile) => void;

function scan(file: JournalFile, fd: number, size: number, check: Check): number {
  for (const { bytes } of linesBetween(fd, 0, size)) {
    check(file.nextSeq, bytes, file);
    file.grow(bytes.length + 1);
  }
  return file.bytes;
}

function checkNumber(seq: number, bytes: Uint8Array, file: JournalFile): void {
  const head = `{"v":1,"seq":${seq},"stream":"`;
  if (
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1", 0, head.length) !==
    head
  ) {
    throw file.corrupt(seq, "another line");
  }
}
