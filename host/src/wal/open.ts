import { dirname, join } from "node:path";
import type { Disk } from "@believe/shared/base";
import { cutTornLine, linesBetween, rewriteTail } from "../disk/index.ts";
import { WalFailure } from "./failure.ts";
import { JournalFile } from "./journal-file.ts";

const NAME = /^journal-(\d{6})\.jsonl$/;

export function fileName(n: number): string {
  return `journal-${String(n).padStart(6, "0")}.jsonl`;
}

/** Creates the next file of a journal and returns its handle; its name survives a power failure. */
export function createFile(disk: Disk, folder: string, n: number): { path: string; fd: number } {
  const path = join(folder, fileName(n));
  const fd = disk.open(path, "wx+", 0o600);
  disk.syncFolder(folder);
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
export function openFiles(disk: Disk, folder: string): Opened {
  const names = disk
    .list(folder)
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
    const file = new JournalFile(disk, join(folder, name), nextSeq);
    const fd = disk.open(file.path, "r");
    try {
      const size = disk.size(fd);
      if (scan(disk, { file, fd, size }, checkNumber) !== size) {
        throw file.corrupt(file.nextSeq, "a line without its end, before the last file");
      }
    } finally {
      disk.close(fd);
    }
    files.push(file);
    nextSeq = file.nextSeq;
  }
  const name = names.at(-1);
  return name === undefined ? openFirst(disk, folder) : openLast(disk, join(folder, name), files);
}

function openFirst(disk: Disk, folder: string): Opened {
  const { path, fd } = createFile(disk, folder, 0);
  return { files: [new JournalFile(disk, path, 0)], fd, tornBytes: 0 };
}

function openLast(disk: Disk, path: string, files: JournalFile[]): Opened {
  const file = new JournalFile(disk, path, files.at(-1)?.nextSeq ?? 0);
  const fd = disk.open(file.path, "r+");
  try {
    const size = disk.size(fd);
    const whole = scan(disk, { file, fd, size }, (seq, bytes) => {
      file.parse(seq, bytes);
    });
    const tornBytes = cutTornLine(disk, { path, file: fd, from: whole, to: size });
    // A killed process may have left whole lines, or the file's name, that were never synced: from here on they count.
    rewriteTail(disk, fd, 0, whole);
    disk.syncFolder(dirname(path));
    return { files: [...files, file], fd, tornBytes };
  } catch (failure) {
    disk.close(fd);
    throw failure;
  }
}

type Check = (seq: number, bytes: Uint8Array, file: JournalFile) => void;

interface Scanned {
  readonly file: JournalFile;
  readonly fd: number;
  readonly size: number;
}

function scan(disk: Disk, { file, fd, size }: Scanned, check: Check): number {
  for (const { bytes } of linesBetween(disk, fd, 0, size)) {
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
