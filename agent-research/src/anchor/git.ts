import { spawn } from "node:child_process";
import { ResearchFailure } from "../failure.ts";

const TIMEOUT_MS = 120_000;
const OUTPUT_CHARS_MAX = 1024 * 1024;

export type GitEnvironment = Readonly<Record<string, string | undefined>>;

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** One git process, without a shell and without a question to a person. */
function spawned(folder: string, env: GitEnvironment, args: readonly string[]): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", ["-C", folder, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: TIMEOUT_MS,
      env,
    });
    let out = "";
    let error = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (out.length < OUTPUT_CHARS_MAX) out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (error.length < OUTPUT_CHARS_MAX) error += text;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, out, error }));
  });
}

/** Whether this machine has git. */
export async function hasGit(env: GitEnvironment): Promise<boolean> {
  try {
    return (await spawned(".", env, ["--version"])).code === 0;
  } catch {
    return false;
  }
}

/** A git working folder. Every command that does not end well is a `ResearchFailure` in git's own words. */
export class GitFolder {
  readonly #folder: string;
  readonly #env: GitEnvironment;

  constructor(folder: string, env: GitEnvironment) {
    this.#folder = folder;
    this.#env = env;
  }

  /** Runs git in the folder and returns what it printed. */
  async run(...args: readonly string[]): Promise<string> {
    const { code, out, error } = await spawned(this.#folder, this.#env, args);
    if (code === 0) return out.trim();
    const said = (error || out).replaceAll(/\s+/g, " ").trim().slice(0, 300);
    throw new ResearchFailure("git-refused", `expected git ${args[0]} to do it, was: ${said}`);
  }

  /** Whether the command ended well; for questions. */
  async answers(...args: readonly string[]): Promise<boolean> {
    return (await spawned(this.#folder, this.#env, args)).code === 0;
  }
}
