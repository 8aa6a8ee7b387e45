import { join } from "node:path";
import type { Disk } from "@believe/shared/base";
import { z } from "zod";
import { hasCode, nodeDisk, readText, writeWhole } from "../disk/index.ts";
import { WalFailure } from "./failure.ts";
import { nodeProcesses, type Processes } from "./processes.ts";

const holder = z.strictObject({
  pid: z.int().positive(),
  /** What tells this process from a later one with its number; null where the system does not say. */
  started: z.string().nullable(),
  takenAtMs: z.int(),
});
type Holder = z.infer<typeof holder>;

function lives({ pid, started, takenAtMs }: Holder, processes: Processes): boolean {
  if (!processes.isRunning(pid)) return false;
  if (started !== null) return processes.startOf(pid) === started;
  return takenAtMs > processes.bootedAtMs() - 60_000;
}

/** One process at a time in a folder. What a killed process left is taken over at the next start. */
export class FolderLock {
  readonly #disk: Disk;
  readonly #file: string;

  private constructor(disk: Disk, file: string) {
    this.#disk = disk;
    this.#file = file;
  }

  static take(
    folder: string,
    disk: Disk = nodeDisk,
    processes: Processes = nodeProcesses,
  ): FolderLock {
    const file = join(folder, "lock.json");
    const draft = join(folder, `lock.${processes.self}.new`);
    const mine: Holder = {
      pid: processes.self,
      started: processes.startOf(processes.self),
      takenAtMs: processes.nowMs(),
    };
    // A crash between link and unlink leaves the draft as a second name of the lock: writing through it would put our
    // own name into a lock that is not ours, and no later start would get by it.
    if (disk.exists(draft)) disk.unlink(draft);
    const fd = disk.open(draft, "wx", 0o600);
    try {
      writeWhole(disk, fd, Buffer.from(JSON.stringify(mine)));
      disk.sync(fd);
    } finally {
      disk.close(fd);
    }
    try {
      // Two tries: the second one after a dead holder was moved away.
      for (let attempt = 0; attempt < 2; attempt++) {
        try {
          disk.link(draft, file);
          return new FolderLock(disk, file);
        } catch (error) {
          if (!hasCode(error, "EEXIST")) throw error;
          moveDeadHolder(disk, file, processes);
        }
      }
    } finally {
      disk.unlink(draft);
    }
    throw new WalFailure("locked", `expected a journal of our own, was taken by another: ${file}`);
  }

  release(): void {
    this.#disk.unlink(this.#file);
  }
}

function readHolder(disk: Disk, file: string): Holder | null {
  const text = readText(disk, file);
  if (text === null) return null;
  try {
    return holder.parse(JSON.parse(text));
  } catch (cause) {
    throw new WalFailure("corrupt", `expected a lock with pid and start in ${file}, was other`, {
      cause,
    });
  }
}

function moveDeadHolder(disk: Disk, file: string, processes: Processes): void {
  const held = readHolder(disk, file);
  if (held === null) return;
  if (lives(held, processes)) {
    throw new WalFailure(
      "locked",
      `expected a journal that no process has open, was held by process ${held.pid} (${file})`,
      { facts: { pid: held.pid } },
    );
  }
  const aside = `${file}.${processes.self}.dead`;
  disk.rename(file, aside);
  const moved = readHolder(disk, aside);
  // Another taker was between our look and our move: give its lock back; link never replaces a newer one.
  if (moved !== null && lives(moved, processes)) disk.link(aside, file);
  disk.unlink(aside);
}
