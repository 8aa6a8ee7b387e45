import { HttpFailure } from "../../http/index.ts";
import type { MirrorAnswer, MirrorClient } from "../mirror-client.ts";

/** What happens once to a request of a step. */
export const FAILURES = [
  "not sent",
  "sent and lost",
  "applied, its answer lost",
  "duplicated",
  "delayed past the minute and the journal's file",
  "applied after the next round began",
  "we die before it",
  "we die after it",
] as const;
export type Failure = (typeof FAILURES)[number];

export interface FaultyClientOptions {
  readonly client: MirrorClient;
  /** Null for a later life, to which nothing happens. */
  readonly failure: Failure | null;
  /** Texts of cosignatures by size, as they were taken. */
  readonly cosignatures: Map<number, string[]>;
  /** Whether a request is the one that it happens to. */
  readonly isStep: (path: string, body: string) => boolean;
  /** Makes the mirror break the connection of the next request and take nothing of it. */
  readonly breakNext: () => void;
  /** Lets minutes pass and the journal go over to its next file. */
  readonly rotate: () => void;
}

/**
 * A client to whose request one thing happens once. Cosignatures, which the mirror of these tests does not know, are
 * kept here.
 */
export class FaultyClient implements MirrorClient {
  readonly died = Promise.withResolvers<void>();
  times = 0;
  #isDead = false;
  readonly #options: FaultyClientOptions;
  #late: (() => Promise<unknown>) | null = null;

  constructor(options: FaultyClientOptions) {
    this.#options = options;
  }

  async get(path: string): ReturnType<MirrorClient["get"]> {
    if (this.#isDead) return await this.#dead();
    await this.#takeLate();
    return await this.#options.client.get(path);
  }

  put(path: string, body: Uint8Array | string, type: string): Promise<MirrorAnswer> {
    return this.#sent(path, body, () => this.#put(path, body, type));
  }

  post(
    path: string,
    body: Uint8Array | string,
    type: string,
    options: { readonly signed?: boolean },
  ): Promise<MirrorAnswer> {
    return this.#sent(path, body, () => this.#options.client.post(path, body, type, options));
  }

  async #put(path: string, body: Uint8Array | string, type: string): Promise<MirrorAnswer> {
    const size = /\/cosignatures\/(\d+)$/.exec(path)?.[1];
    if (size === undefined) return await this.#options.client.put(path, body, type);
    const { cosignatures } = this.#options;
    const taken = cosignatures.get(Number(size)) ?? [];
    cosignatures.set(Number(size), [...taken, String(body)]);
    return { status: 201, headers: {}, text: "" };
  }

  async #sent(
    path: string,
    body: Uint8Array | string,
    send: () => Promise<MirrorAnswer>,
  ): Promise<MirrorAnswer> {
    if (this.#isDead) return await this.#dead();
    await this.#takeLate();
    const { isStep, failure, breakNext, rotate } = this.#options;
    if (failure === null || this.times > 0 || !isStep(path, String(body))) return await send();
    this.times++;
    switch (failure) {
      case "not sent":
        throw unheard("unreachable");
      case "sent and lost":
        if (path.includes("/cosignatures/")) throw unheard("unreachable");
        breakNext();
        return await send();
      case "applied, its answer lost":
        await send();
        throw unheard("unreachable");
      case "duplicated":
        await send();
        return await send();
      case "delayed past the minute and the journal's file":
        rotate();
        return await send();
      case "applied after the next round began":
        this.#late = send;
        throw unheard("timed-out");
      case "we die after it":
        await send();
        return await this.#dead();
      case "we die before it":
        return await this.#dead();
    }
  }

  /** The request that was given up reaches the mirror now, in front of one of a later round. */
  async #takeLate(): Promise<void> {
    const late = this.#late;
    this.#late = null;
    await late?.();
  }

  /** A process that is gone hears nothing and sends nothing. */
  #dead(): Promise<never> {
    this.#isDead = true;
    this.died.resolve();
    return new Promise(() => undefined);
  }
}

function unheard(code: "unreachable" | "timed-out"): HttpFailure {
  return new HttpFailure(code, "expected an answer, was none");
}
