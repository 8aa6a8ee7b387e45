import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** What tells a process from a later one with the same number: when it began and what it runs. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
  readonly command: string;
}

/** Null when no such process runs, or when this platform does not say. */
export function processIdentity(pid: number): ProcessIdentity | null {
  try {
    if (existsSync("/proc/self/stat")) {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      const fields = statFields(pid);
      // A zombie has no command line any more and holds nothing.
      return command === "" ? null : { pid, startedAt: fields[19] ?? "", command };
    }
    if (process.platform === "win32") return null;
    const said = execFileSync("ps", ["-o", "lstart=,args=", "-p", String(pid)], {
      encoding: "utf8",
    });
    return { pid, startedAt: said.slice(0, 24), command: said.slice(24).trim() };
  } catch {
    return null;
  }
}

/** Direct and indirect children of a process, where the platform says (Linux). */
export function descendants(pid: number): number[] {
  if (!existsSync("/proc/self/stat")) return [];
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  const queue = [pid];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const below = children.get(next) ?? [];
    found.push(...below);
    queue.push(...below);
  }
  return found;
}

/** Resident memory in MiB, 0 where the platform does not say. */
export function rssMb(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Math.round(Number(kib ?? 0) / 1024);
  } catch {
    return 0;
  }
}

function parentOf(pid: number): number | null {
  try {
    return Number(statFields(pid)[1]);
  } catch {
    return null;
  }
}

/** Fields of /proc/<pid>/stat from the third on; the second, the name, may hold anything. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
