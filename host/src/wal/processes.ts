import { readFileSync } from "node:fs";
import { uptime } from "node:os";
import { hasCode } from "../disk/index.ts";

/** What a lock asks of the machine that it lies on. */
export interface Processes {
  /** Our own number. */
  readonly self: number;
  /** What tells a process from a later one with its number, null where the system does not say or it is gone. */
  startOf(pid: number): string | null;
  isRunning(pid: number): boolean;
  /** Wall clock, and when the machine was booted by it, in milliseconds. */
  nowMs(): number;
  bootedAtMs(): number;
}

export const nodeProcesses: Processes = {
  self: process.pid,
  /** Boot id and start tick, from /proc. */
  startOf: (pid) => {
    try {
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
      return ticks === undefined ? null : `${boot}:${ticks}`;
    } catch {
      return null;
    }
  },
  isRunning: (pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      // EPERM: it lives and belongs to somebody else.
      return hasCode(error, "EPERM");
    }
  },
  nowMs: Date.now,
  bootedAtMs: () => Date.now() - uptime() * 1000,
};
