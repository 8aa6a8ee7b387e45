import { type ConsoleState, consoleState } from "@believe/shared/wire";
import type { Confirmed } from "./confirm-dialog.tsx";
import { type Contact, type DeskView, STALE_AFTER_MS } from "./desk-view.ts";

const POLL_MS = 1_000;
const TIMEOUT_MS = 2_500;

const LOCKED =
  "This page has no key to the agent. Open the address that the agent wrote to its console.url file, with everything behind the #.";

export interface AgentLinkOptions {
  readonly token: string | null;
  readonly fetch: typeof fetch;
  readonly nowMs: () => number;
  readonly changed: (view: DeskView) => void;
}

/** Asks the agent for its state once a second, and gives it the operator's commands. */
export class AgentLink {
  readonly #options: AgentLinkOptions;
  #state: ConsoleState | null = null;
  #heardMs: number;
  #locked: string | null;
  #said: DeskView["said"] = null;

  constructor(options: AgentLinkOptions) {
    this.#options = options;
    this.#heardMs = options.nowMs();
    this.#locked = options.token === null ? LOCKED : null;
  }

  /** Never ends. One question at a time: a slow agent is not asked twice. */
  async run(pause: (ms: number) => Promise<void>): Promise<never> {
    for (;;) {
      if (this.#options.token !== null) await this.poll();
      this.#tell();
      await pause(POLL_MS);
    }
  }

  async poll(): Promise<void> {
    try {
      const answer = await this.#ask("/api/state", {});
      if (answer.status === 401) this.#locked = LOCKED;
      if (!answer.ok) return;
      this.#state = consoleState.parse(await answer.json());
      this.#heardMs = this.#options.nowMs();
      this.#locked = null;
    } catch {
      // No answer, or one that is no state: either way the page grows old and says so.
    }
  }

  async command({ act, reason, confirm }: Confirmed): Promise<void> {
    this.#say(true, "Asking the agent.");
    try {
      const answer = await this.#ask("/api/command", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ act, reason, confirm }),
      });
      const { detail } = await answer.json();
      if (answer.ok) this.#say(true, `Taken and journaled: ${act.kind.replace("-", " ")}.`);
      else this.#say(false, `Refused: ${String(detail)}.`);
    } catch {
      this.#say(false, "No answer. Whether the agent took it shows in its state and its journal.");
    }
    await this.poll();
    this.#tell();
  }

  #say(ok: boolean, text: string): void {
    this.#said = { ok, text };
    this.#tell();
  }

  #ask(path: string, init: RequestInit): Promise<Response> {
    const authorization = `Bearer ${this.#options.token ?? ""}`;
    return this.#options.fetch(path, {
      cache: "no-store",
      ...init,
      headers: { ...init.headers, authorization },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }

  #contact(): Contact {
    if (this.#locked !== null) return { kind: "locked", detail: this.#locked };
    const sinceMs = this.#options.nowMs() - this.#heardMs;
    return sinceMs > STALE_AFTER_MS ? { kind: "silent", sinceMs } : { kind: "live" };
  }

  #tell(): void {
    this.#options.changed({ state: this.#state, contact: this.#contact(), said: this.#said });
  }
}
