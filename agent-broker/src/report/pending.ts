import type { SignedClient } from "@believe/host/http";
import type { Written } from "../record/journal.ts";

const LINES_HELD_MAX = 4_096;
const LINES_PER_REQUEST = 256;

/**
 * Sends a paper account's lines at once, ahead of their leaf: the page shows them as pending.
 * They are news, not record: what overflows or fails here still arrives with its leaf.
 */
export class PendingLines {
  readonly #client: SignedClient;
  #held: string[] = [];

  constructor(client: SignedClient) {
    this.#client = client;
  }

  add(written: Written): void {
    this.#held.push(written.line);
    if (this.#held.length > LINES_HELD_MAX) this.#held.shift();
  }

  async send(): Promise<void> {
    while (this.#held.length > 0) {
      const lines = this.#held.slice(0, LINES_PER_REQUEST);
      const answer = await this.#client
        .put("/log/broker/pending", `${lines.join("\n")}\n`, "application/jsonl")
        .catch(() => null);
      if (answer === null || answer.status >= 500) return;
      this.#held = this.#held.slice(lines.length);
    }
  }
}
