import { randomUUID } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hasCode, replaceFile } from "@believe/host/disk";
import { BrokerFailure } from "../failure.ts";
import {
  type Answer,
  type Asked,
  answer,
  type Request,
  type RequestHandlers,
  refused,
  request,
} from "./kinds.ts";

const NAME = /^[0-9a-f-]{36}\.(?:json|taken)$/;
/** Past this size a file is no request of ours. */
const BYTES_MAX = 16 * 1024;
const LOOK_MS = 50;

/**
 * Requests of a person to the agent that runs on this machine and holds the journal: one JSON file each, which only
 * their user may read or write. `<id>.json` is asked, `<id>.taken` is being done, `<id>.done` or `<id>.refused` takes
 * its place. No socket listens.
 */
export class RequestFolder {
  readonly #folder: string;

  constructor(state: string) {
    this.#folder = join(state, "requests");
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** Asks, and waits for the answer. Throws `BrokerFailure` `no-answer` when none came, and says what that means. */
  async ask(asked: Asked, timeoutMs: number): Promise<Answer> {
    const id = randomUUID();
    replaceFile(this.#path(id, "json"), `${JSON.stringify({ v: 1, ...asked })}\n`);
    const said = await this.#waited(id, timeoutMs);
    if (said !== null) return said;
    if (this.#takenBack(id)) {
      throw noAnswer(timeoutMs, "it was taken back, nothing was done");
    }
    // It was taken up at the last moment: what is being done is answered.
    const late = await this.#waited(id, timeoutMs);
    if (late !== null) return late;
    throw noAnswer(timeoutMs, "it was taken up and may be done: see the journal");
  }

  /** Takes up every request that waits and answers it; what a crash interrupted comes first, again. */
  async take(handlers: RequestHandlers): Promise<void> {
    for (const id of this.#named("taken")) await this.#serve(id, handlers);
    for (const id of this.#named("json")) {
      if (this.#claimed(id)) await this.#serve(id, handlers);
    }
  }

  async #serve(id: string, handlers: RequestHandlers): Promise<void> {
    const file = this.#path(id, "taken");
    // Answered before a crash that left the request.
    const isAnswered = (["done", "refused"] as const).some((end) =>
      existsSync(this.#path(id, end)),
    );
    if (!isAnswered) {
      const said = await this.#handled(file, handlers);
      replaceFile(this.#path(id, said.kind), `${JSON.stringify(said)}\n`);
    }
    rmSync(file, { recursive: true, force: true });
  }

  async #handled(file: string, handlers: RequestHandlers): Promise<Answer> {
    const stat = lstatSync(file);
    const isOurs = process.platform === "win32" || (stat.mode & 0o777) === 0o600;
    if (!stat.isFile() || !isOurs || stat.size > BYTES_MAX) {
      return refused("expected a small request file of mode 600, was another");
    }
    const parsed = request.safeParse(jsonOf(readFileSync(file, "utf8")));
    if (!parsed.success) return refused("expected a request that this agent knows, was another");
    return await answerOf(parsed.data, handlers);
  }

  async #waited(id: string, timeoutMs: number): Promise<Answer | null> {
    const untilMs = performance.now() + timeoutMs;
    for (;;) {
      const said = this.#answered(id);
      if (said !== null || performance.now() > untilMs) return said;
      await sleep(LOOK_MS);
    }
  }

  #answered(id: string): Answer | null {
    for (const kind of ["done", "refused"] as const) {
      const file = this.#path(id, kind);
      if (!existsSync(file)) continue;
      const said = answer.parse(jsonOf(readFileSync(file, "utf8")));
      rmSync(file);
      return said;
    }
    return null;
  }

  /** Whether the request is ours to do: whoever asked may take it back until then. */
  #claimed(id: string): boolean {
    return moved(() => renameSync(this.#path(id, "json"), this.#path(id, "taken")));
  }

  #takenBack(id: string): boolean {
    return moved(() => unlinkSync(this.#path(id, "json")));
  }

  #named(kind: "json" | "taken"): string[] {
    return readdirSync(this.#folder)
      .filter((name) => NAME.test(name) && name.endsWith(`.${kind}`))
      .map((name) => name.slice(0, -kind.length - 1))
      .sort();
  }

  #path(id: string, kind: "json" | "taken" | Answer["kind"]): string {
    return join(this.#folder, `${id}.${kind}`);
  }
}

async function answerOf(asked: Request, handlers: RequestHandlers): Promise<Answer> {
  switch (asked.kind) {
    case "redact":
      return await handlers.redact(asked.body);
    case "command":
      return await handlers.command(asked.body);
    case "show":
      return await handlers.show(asked.body);
  }
}

/** Whether a name was still there to be moved away: the other side may have been faster. */
function moved(move: () => void): boolean {
  try {
    move();
    return true;
  } catch (failure) {
    if (hasCode(failure, "ENOENT")) return false;
    throw failure;
  }
}

function noAnswer(timeoutMs: number, means: string): BrokerFailure {
  const seconds = timeoutMs / 1000;
  return new BrokerFailure(
    "no-answer",
    `expected an answer of the agent within ${seconds} s, was none: ${means}`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
