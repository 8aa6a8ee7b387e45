import { spawn } from "node:child_process";
import { childEnv, ROOT } from "./paths.ts";

/** One thing to run: a name for the table, and its command. */
export interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

/** What came of a step. `output` is empty when it was shown as it came. */
export interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly output: string;
}

/** Runs a step at the repository's root with our Node first in PATH; a step that cannot start has failed. */
export function runStep(
  step: Step,
  show: boolean,
  extra: Record<string, string> = {},
): Promise<Outcome> {
  const startedMs = performance.now();
  const [program = "", ...args] = step.command;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      env: childEnv(extra),
      stdio: show ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const done = (ok: boolean) =>
      resolve({ name: step.name, ok, seconds: (performance.now() - startedMs) / 1000, output });
    child.stdout?.on("data", (chunk) => (output += String(chunk)));
    child.stderr?.on("data", (chunk) => (output += String(chunk)));
    child.once("error", (error) => {
      output += `${error.message}\n`;
      done(false);
    });
    child.once("close", (code) => done(code === 0));
  });
}

/** Runs steps, at most `width` at a time, and calls `each` as they end; the answer keeps their order. */
export async function runSteps(
  steps: readonly Step[],
  width: number,
  each: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const waiting = [...steps.entries()];
  const outcomes = new Map<number, Outcome>();
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const outcome = await runStep(next[1], false);
      outcomes.set(next[0], outcome);
      each(outcome);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return steps.flatMap((_, index) => outcomes.get(index) ?? []);
}
