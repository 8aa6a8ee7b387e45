import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { z } from "zod";
import { brokerSummary } from "../../../scripts/start/summary.ts";

const rss = z.strictObject({ broker: z.int(), research: z.int(), worker: z.int() });
const count = z.int().nonnegative();

/** The last line of a run with --json: these keys and no others. */
export const figures = z.strictObject({
  ...brokerSummary.shape,
  url: z.url(),
  tape: z.string(),
  venue: z.enum(["paper", "sierra"]),
  workerRecords: count,
  workerTreeSize: count,
  tip: z.base64(),
  workerTip: z.base64(),
  decisionTip: z.string().regex(/^[0-9a-f]{64}$/),
  pnl: z.string().regex(/^-?\d+\.\d\d$/),
  startupMs: count,
  rssMb: rss,
});
export type Figures = z.infer<typeof figures>;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The start script as a person starts it, in a process of its own. */
export class StartScript {
  readonly process: ChildProcess;
  #stdout = "";
  #stderr = "";
  readonly #closed: Promise<unknown>;

  constructor(args: readonly string[]) {
    this.process = spawn(process.execPath, ["scripts/start.ts", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.process.stdout?.on("data", (bytes: Buffer) => {
      this.#stdout += bytes.toString();
    });
    this.process.stderr?.on("data", (bytes: Buffer) => {
      this.#stderr += bytes.toString();
    });
    this.#closed = once(this.process, "close");
  }

  /** Resolves with the dashboard's address once the script says that it is live. */
  async live(): Promise<string> {
    const until = Date.now() + 60_000;
    while (Date.now() < until) {
      const url = /dashboard\s+(http:\S+)\s+live/.exec(this.#stderr)?.[1];
      if (url) return url;
      if (this.process.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`expected a live dashboard, was: ${this.#stderr}`);
  }

  /** What a terminal does at Ctrl-C: every process of the foreground group is signalled, not only the first. */
  interrupt(): void {
    if (this.process.pid !== undefined) process.kill(-this.process.pid, "SIGINT");
  }

  async ended(): Promise<Ended> {
    await this.#closed;
    return { code: this.process.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }

  async figures(): Promise<Figures> {
    const { code, stdout, stderr } = await this.ended();
    if (code !== 0) throw new Error(`expected a clean end, was ${code}: ${stderr}`);
    return figures.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
  }
}
