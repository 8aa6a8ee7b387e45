import { setTimeout as sleep } from "node:timers/promises";
import type { TimeUs } from "@believe/shared/base";
import {
  formatAddCheckpoint,
  LogFailure,
  openCosignature,
  parseCosignatureLines,
  parseNote,
  parseVkey,
} from "@believe/shared/wire/log";
import { HttpFailure } from "../http/index.ts";
import { verifyNode } from "../keys/index.ts";
import type { Spool } from "../spool/index.ts";
import { Backoff, type BackoffOptions } from "./backoff.ts";
import { PushFailure } from "./failure.ts";
import { isYes, type MirrorAnswer, type MirrorClient, notTaken } from "./mirror-client.ts";
import { untilAborted } from "./until-aborted.ts";

const TEXT = "text/plain; charset=utf-8";
const OFFERS_A_ROUND = 3;
/** A cosignature may be ahead of our clock by this much. */
const AHEAD_US = 300_000_000;

/** A witness beside the mirror: whoever answers C2SP `add-checkpoint` under its own key. */
export interface WitnessPost {
  /** Verifier key, type 0x04. */
  readonly vkey: string;
  readonly client: Pick<MirrorClient, "post">;
  /** Path of its `add-checkpoint`. */
  readonly path: string;
}

/** A checkpoint that the mirror took. */
export interface Covered {
  readonly size: number;
  readonly note: string;
}

export interface WitnessState {
  /** Name of its key. */
  readonly name: string;
  /** Size of the newest checkpoint whose cosignature was verified in this run, and its time; 0 and null before. */
  readonly size: number;
  readonly atUs: TimeUs | null;
  /** Why the last round failed, null after one that did not. */
  readonly lastError: string | null;
}

export interface WitnessLinkOptions {
  readonly witness: WitnessPost;
  readonly spool: Pick<Spool, "size" | "consistency">;
  /** Where cosignatures are published: the mirror, and the path of the log there. */
  readonly mirror: Pick<MirrorClient, "put">;
  readonly logPath: string;
  readonly wallUs: () => TimeUs;
  readonly backoff: BackoffOptions;
  /** Called after every round, however it ended. */
  readonly onRound: () => void;
}

/**
 * Brings the newest checkpoint to one witness and its cosignature back to the mirror, at its own pace: what a slow or
 * silent witness missed is skipped, the next one covers it. The witness's own size decides where the proof starts.
 */
export class WitnessLink {
  readonly #options: WitnessLinkOptions;
  readonly #name: string;
  #newest: Covered | null = null;
  /** Size that the witness has, as far as we know. */
  #old = 0;
  #done = -1;
  #unpublished: { readonly size: number; readonly lines: string } | null = null;
  #size = 0;
  #atUs: TimeUs | null = null;
  #lastError: string | null = null;
  #wake = Promise.withResolvers<void>();

  constructor(options: WitnessLinkOptions) {
    this.#options = options;
    this.#name = parseVkey(options.witness.vkey).name;
  }

  get state(): WitnessState {
    return {
      name: this.#name,
      size: this.#size,
      atUs: this.#atUs,
      lastError: this.#lastError,
    };
  }

  /** Whether the newest checkpoint was cosigned and published, or can't be. */
  get isIdle(): boolean {
    return this.#newest === null || (this.#done >= this.#newest.size && this.#unpublished === null);
  }

  offer(covered: Covered): void {
    this.#newest = covered;
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }

  /** Works until `signal` aborts. Rejects for what no retry can mend: a fault of our own. */
  async run(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(this.#options.backoff);
    while (!signal.aborted) {
      if (this.isIdle) {
        await untilAborted(this.#wake.promise, signal).catch(() => undefined);
        continue;
      }
      const waitMs = await this.#tried(signal, backoff);
      this.#options.onRound();
      if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One round; returns how long to wait before the next one. */
  async #tried(signal: AbortSignal, backoff: Backoff): Promise<number> {
    try {
      await this.#round(signal);
      this.#lastError = null;
      backoff.reset();
      return 0;
    } catch (failure) {
      if (signal.aborted) return 0;
      if (!(failure instanceof PushFailure || failure instanceof HttpFailure)) throw failure;
      this.#lastError = failure.message;
      return backoff.nextMs(failure instanceof PushFailure ? failure.retryAfterMs : null);
    }
  }

  async #round(signal: AbortSignal): Promise<void> {
    const covered = this.#newest;
    if (this.#unpublished === null && covered !== null) {
      const lines = await this.#cosigned(covered, signal);
      this.#unpublished = { size: covered.size, lines };
      this.#done = covered.size;
    }
    if (this.#unpublished !== null) await this.#publish(this.#unpublished, signal);
  }

  /** The witness's verified cosignature lines over `covered`. */
  async #cosigned(covered: Covered, signal: AbortSignal): Promise<string> {
    const { witness, spool } = this.#options;
    for (let offer = 0; offer < OFFERS_A_ROUND; offer++) {
      if (this.#old > covered.size) throw this.#ahead(covered.size);
      const proof = spool.consistency(this.#old, covered.size);
      const body = formatAddCheckpoint({ oldSize: this.#old, proof, note: covered.note });
      const posted = witness.client.post(witness.path, body, TEXT, { signed: false });
      const answer = await untilAborted(posted, signal);
      if (isYes(answer)) return await this.#verified(covered, answer.text);
      if (answer.status !== 409) throw notTaken(this.#name, answer, this.#nowMs());
      this.#learn(answer);
    }
    throw new PushFailure("not-taken", `expected ${this.#name} to keep its size, was changing it`);
  }

  #learn(answer: MirrorAnswer): void {
    const text = answer.text.trim();
    const size = /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(size)) {
      throw new PushFailure("not-taken", `expected ${this.#name}'s size with its 409, was other`);
    }
    if (answer.headers["believe-log"] === "frozen") {
      throw new PushFailure("frozen", `expected ${this.#name} to cosign, was frozen at ${size}`);
    }
    if (size === this.#old) {
      throw new PushFailure("fork", `expected ${this.#name}'s root at ${size} to be ours`);
    }
    this.#old = size;
  }

  #ahead(size: number): PushFailure {
    const old = this.#old;
    // The next offer asks again where it stands.
    this.#old = 0;
    return new PushFailure(
      "spool-behind",
      `expected at most ${size} leaves at ${this.#name}, was ${old}`,
    );
  }

  /** The lines of the answer that are this witness's; all of them must verify. */
  async #verified(covered: Covered, body: string): Promise<string> {
    const { witness, wallUs } = this.#options;
    const { name, keyId } = parseVkey(witness.vkey);
    try {
      const own = parseCosignatureLines(body)
        .filter((line) => line.name === name && line.keyId === keyId)
        .map(({ line }) => line)
        .join("");
      const { text } = parseNote(covered.note);
      const opened = await openCosignature(`${text}\n${own}`, witness.vkey, verifyNode);
      if (opened.timestampSeconds * 1_000_000 > wallUs() + AHEAD_US) {
        throw new PushFailure("bad-cosignature", `expected a time of now by ${name}, was later`);
      }
      this.#old = covered.size;
      this.#size = covered.size;
      this.#atUs = wallUs();
      return own;
    } catch (cause) {
      if (!(cause instanceof LogFailure)) throw cause;
      throw new PushFailure("bad-cosignature", `in the answer of ${name}: ${cause.message}`, {
        cause,
      });
    }
  }

  async #publish(
    { size, lines }: { readonly size: number; readonly lines: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { mirror, logPath } = this.#options;
    const what = `${logPath}/cosignatures/${size}`;
    const answer = await untilAborted(mirror.put(what, lines, TEXT), signal);
    const isLasting = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
    // A checkpoint that the mirror has let go, or a witness that its policy does not know: the next one may do.
    if (isYes(answer) || isLasting) this.#unpublished = null;
    if (!isYes(answer)) throw notTaken(what, answer, this.#nowMs());
  }

  #nowMs(): number {
    return this.#options.wallUs() / 1000;
  }
}
