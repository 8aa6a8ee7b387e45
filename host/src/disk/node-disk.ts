import {
  close,
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  open,
  openSync,
  read,
  readdirSync,
  readFileSync,
  readSync,
  rename,
  renameSync,
  unlink,
  unlinkSync,
  write,
  writeSync,
} from "node:fs";
import { promisify } from "node:util";
import type { Disk, LaterDisk } from "@believe/shared/base";

const openLater = promisify(open);
const closeLater = promisify(close);
const readLater = promisify(read);
const writeLater = promisify(write);
const syncLater = promisify(fsync);

const later: LaterDisk = {
  open: openLater,
  close: closeLater,
  read: async (file, into, at) => (await readLater(file, into, 0, into.length, at)).bytesRead,
  write: async (file, bytes, at) =>
    (await writeLater(file, bytes, 0, bytes.length, at)).bytesWritten,
  sync: syncLater,
  rename: promisify(rename),
  unlink: promisify(unlink),
  syncFolder: async (folder) => {
    if (process.platform === "win32") return;
    const file = await openLater(folder, "r");
    try {
      await syncLater(file);
    } finally {
      await closeLater(file);
    }
  },
};

/** The disks of this machine. Windows makes names durable by itself and cannot open a folder. */
export const nodeDisk: Disk = {
  open: openSync,
  close: closeSync,
  size: (file) => fstatSync(file).size,
  read: (file, into, at) => readSync(file, into, 0, into.length, at),
  write: (file, bytes, at) => writeSync(file, bytes, 0, bytes.length, at),
  datasync: fdatasyncSync,
  sync: fsyncSync,
  truncate: ftruncateSync,
  readWhole: (path) => readFileSync(path),
  exists: existsSync,
  rename: renameSync,
  link: linkSync,
  unlink: unlinkSync,
  list: (folder) => readdirSync(folder),
  makeFolder: (folder, mode) => mkdirSync(folder, { mode: mode ?? 0o777 }),
  syncFolder: (folder) => {
    if (process.platform === "win32") return;
    const file = openSync(folder, "r");
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  },
  later,
};
