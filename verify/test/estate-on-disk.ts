import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { believeVerify } from "../src/run.ts";
import type { Terminal } from "../src/terminal.ts";
import { type EstateKeys, estateKeys, type ServedLog, vkeysOf } from "./served-log.ts";

/** What one run of the verifier said. */
export interface Run {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
  /** Its last line on standard output. */
  readonly last: string;
}

/** Soon after the sample logs were written: nothing of them is overdue yet. */
const SOON_MS = Date.UTC(2024, 0, 11, 12);

export function runVerify(...argv: readonly string[]): Promise<Run> {
  return runVerifyAt(SOON_MS, ...argv);
}

/** The same at another wall time, ms. */
export async function runVerifyAt(nowMs: number, ...argv: readonly string[]): Promise<Run> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    progress: () => undefined,
    nowMs: () => nowMs,
  };
  const code = await believeVerify(argv, terminal);
  return { code, out, err, last: out.at(-1) ?? "" };
}

export function keysText(keys: EstateKeys = estateKeys(1)): string {
  const { journal, witness, operator } = vkeysOf(keys);
  return `# the journal\n${journal}\n\n${witness} # the Worker's witness\n${operator}\n`;
}

/** A folder of its own that goes when the test ends. */
export class ScratchFolder {
  readonly path = mkdtempSync(join(tmpdir(), "believe-verify-"));

  file(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  /** Writes a log as it is served, below `log/broker`. */
  mirror(log: ServedLog, name = "mirror"): string {
    rmSync(join(this.path, name), { recursive: true, force: true });
    for (const [path, bytes] of log.files) this.file(`${name}/log/broker/${path}`, bytes);
    return join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
