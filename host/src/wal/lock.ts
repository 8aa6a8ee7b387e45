import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
} from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { hasCode, writeWhole } from "../disk/index.ts";
import { WalFailure } from "./failure.ts";

const holder = z.strictObject({
  pid: z.int().positive(),
  /** What tells this process from a later one with its number; null where the system does not say. */
  started: z.string().nullable(),
  takenAtMs: z.int(),
});
type Holder = z.infer<typeof holder>;

/** Boot id and start tick of a process, from /proc; null on other systems or when it is gone. */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return ticks === undefined ? null : `${boot}:${ticks}`;
  } catch {
    return null;
  }
}

function lives({ pid, started, takenAtMs }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (!hasCode(error, "EPERM")) return false;
  }
  if (started !== null) return startOf(pid) === started;
  const bootedAtMs = Date.now() - uptime() * 1000;
  return takenAtMs > bootedAtMs - 60_000;
}

/** One process at a time in a folder. What a killed process left is taken over at the next start. */
export class FolderLock {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  static take(folder: string): FolderLock {
    const file = join(folder, "lock.json");
    const draft = join(folder, `lock.${process.pid}.new`);
    const mine: Holder = {
      pid: process.pid,
      started: startOf(process.pid),
      takenAtMs: Date.now(),
    };
    const fd = openSync(draft, "w", 0o600);
    try {
      writeWhole(fd, Buffer.from(JSON.stringify(mine)));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    try {
      // Two tries: the second one after a dead holder was moved away.
      for (let attempt = 0; attempt < 2; attempt++) {
        try {
          linkSync(draft, file);
          return new FolderLock(file);
        } catch (error) {
          if (!hasCode(error, "EEXIST")) throw error;
          moveDeadHolder(file);
        }
      }
    } finally {
      unlinkSync(draft);
    }
    throw new WalFailure("locked", `expected a journal of our own, was taken by another: ${file}`);
  }

  release(): void {
    unlinkSync(this.#file);
  }
}

function readHolder(file: string): Holder | null {
  try {
    return holder.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) return null;
    throw new WalFailure("corrupt", `expected a lock with pid and start in ${file}, was other`, {
      cause,
    });
  }
}

function moveDeadHolder(file: string): void {
  const held = readHolder(file);
  if (held === null) return;
  if (lives(held)) {
    throw new WalFailure(
      "locked",
      `expected a journal that no process has open, was held by process ${held.pid} (${file})`,
      { facts: { pid: held.pid } },
    );
  }
  const aside = `${file}.${process.pid}.dead`;
  renameSync(file, aside);
  const moved = readHolder(aside);
  // Another taker was between our look and our move: give its lock back; link never replaces a newer one.
  if (moved !== null && lives(moved)) linkSync(aside, file);
  unlinkSync(aside);
}
