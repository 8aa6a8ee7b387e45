import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { StartFailure } from "./failure.ts";

const said = z.looseObject({ event: z.string() });
export type Said = z.infer<typeof said>;

export interface ChildOptions {
  readonly name: string;
  readonly args: readonly string[];
  /** Where its diagnosis goes. */
  readonly logFile: string;
  readonly onSaid: (said: Said) => void;
  readonly onStarted: (pid: number) => void;
}

const PAUSE_MS_MIN = 250;
const PAUSE_MS_MAX = 10_000;
/** One that ran this long was well: its next death is a first one again. */
const WELL_MS = 30_000;

/**
 * One process of the estate: started, listened to, started again when it dies, and stopped.
 * It speaks in lines of JSON on its standard output; the pipe to its input tells it when we are gone.
 */
export class Child {
  readonly #options: ChildOptions;
  #args: readonly string[];
  #process: ChildProcess | null = null;
  #stopping = false;
  #bornAt = 0;
  #pauseMs = PAUSE_MS_MIN;
  #lastWords = "";
  #onSign: () => void = () => {};
  #failed: ((failure: StartFailure) => void) | null = null;

  constructor(options: ChildOptions) {
    this.#options = options;
    this.#args = options.args;
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /** Starts it and resolves with the first line of the kind `ready`; a death before that is a failure. */
  async start(ready: string): Promise<Said> {
    return await new Promise<Said>((resolve, reject) => {
      this.#failed = reject;
      this.#spawn((line) => {
        if (line.event === ready) {
          this.#failed = null;
          resolve(line);
        }
      });
    });
  }

  /** The arguments of its next life, should this one end unasked. */
  restartWith(args: readonly string[]): void {
    this.#args = args;
  }

  /** Asks it to stop and waits; after `graceMs` without a line from it, it is killed. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    const running = this.#process;
    if (running === null || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, "exit");
    running.kill("SIGTERM");
    const timer = setTimeout(() => running.kill("SIGKILL"), graceMs);
    this.#onSign = () => timer.refresh();
    await gone;
    clearTimeout(timer);
  }

  #spawn(listen: (line: Said) => void): void {
    const child = spawn(process.execPath, [...this.#args], {
      stdio: ["pipe", "pipe", "pipe", "ipc"],
      // A session of its own: Ctrl-C in a terminal is for the start script, which stops the others in order.
      detached: process.platform !== "win32",
      env: { ...process.env, NODE_ENV: "production" },
    });
    this.#process = child;
    this.#bornAt = Date.now();
    if (child.pid !== undefined) this.#options.onStarted(child.pid);
    const log = createWriteStream(this.#options.logFile, { flags: "a" });
    child.stderr?.on("data", (bytes: Buffer) => {
      log.write(bytes);
      this.#lastWords = bytes.toString("utf8").trim().split("\n").at(-1) ?? "";
    });
    if (child.stdout) {
      createInterface({ input: child.stdout }).on("line", (text) => {
        const line = said.safeParse(jsonOrNull(text));
        if (!line.success) return;
        this.#onSign();
        listen(line.data);
        this.#options.onSaid(line.data);
      });
    }
    child.once("exit", () => endGroup(child.pid));
    child.once("close", (code, signal) => {
      log.end();
      if (!this.#stopping) this.#died(signal ?? `code ${code}`);
    });
  }

  #died(how: string): void {
    const { name } = this.#options;
    if (this.#failed) {
      const why = this.#lastWords === "" ? "" : `: ${this.#lastWords}`;
      this.#failed(
        new StartFailure("process-died", `expected ${name} to start, it ended with ${how}${why}`),
      );
      return;
    }
    this.#options.onSaid({ event: "process.died", name, how });
    const isWell = Date.now() - this.#bornAt > WELL_MS;
    this.#pauseMs = isWell ? PAUSE_MS_MIN : Math.min(PAUSE_MS_MAX, this.#pauseMs * 2);
    setTimeout(() => {
      if (!this.#stopping) this.#spawn(() => {});
    }, this.#pauseMs);
  }
}

/** Ends what a dead child has left in its session: a workerd that outlives its parent keeps the port and the store. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined || process.platform === "win32") return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    const isGone = error instanceof Error && "code" in error && error.code === "ESRCH";
    if (!isGone) throw error;
  }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
