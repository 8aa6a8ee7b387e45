import { HttpFailure, type SignedClient } from "@believe/host/http";
import type { Log } from "@believe/host/log";
import { PushFailure } from "@believe/host/push";
import type { KeyChangeLog, Taker } from "./key-change-log.ts";

const PATH = "/log/broker/key-change";
const TEXT = "text/plain; charset=utf-8";

export interface KeyChangePostOptions {
  readonly changes: KeyChangeLog;
  readonly worker: Pick<SignedClient, "post">;
  /** Null where no research door is configured. */
  readonly door: Pick<SignedClient, "post"> | null;
  readonly log: Pick<Log, "warn">;
}

/** Brings changes of the journal key to whoever takes checkpoints, in order and until each has taken them. */
export class KeyChangePost {
  readonly #options: KeyChangePostOptions;

  constructor(options: KeyChangePostOptions) {
    this.#options = options;
  }

  /**
   * Sends what is not taken yet. Throws `PushFailure` or `HttpFailure` while the Worker has not taken all of it: until
   * then it takes no checkpoint of the new key. A door that does not take it yet holds nothing up.
   */
  async send(): Promise<void> {
    const { worker, door, log } = this.#options;
    await this.#bring("worker", worker);
    if (door === null) return;
    try {
      await this.#bring("door", door);
    } catch (failure) {
      if (!(failure instanceof PushFailure || failure instanceof HttpFailure)) throw failure;
      log.warn("key-change.untaken", { by: "door", why: failure.message });
    }
  }

  async #bring(taker: Taker, client: Pick<SignedClient, "post">): Promise<void> {
    const { changes } = this.#options;
    for (const note of changes.untaken(taker)) {
      const { status, text } = await client.post(PATH, note, TEXT, { signed: false });
      if (status !== 200) {
        const said = text.replaceAll(/\s+/g, " ").slice(0, 200);
        throw new PushFailure(
          "not-taken",
          `expected the ${taker} to take the change of the journal key, was status ${status} ${said}`,
        );
      }
      changes.took(taker, note);
    }
  }
}
