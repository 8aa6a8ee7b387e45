import { type Bytes, concat } from "@believe/shared/base";
import { Agent, request } from "undici";
import { HttpFailure, httpFailureOf } from "./http-failure.ts";

const CONNECT_MS = 5_000;
const ANSWER_MS = 20_000;

export interface HttpReaderOptions {
  /** What relative paths are resolved against; ends in a slash. */
  readonly baseUrl: string;
  /** Largest answer, bytes. */
  readonly answerBytesMax: number;
  /** All answers together, bytes. */
  readonly bytesMax: number;
  /** How long everything together may take. */
  readonly timeoutMs: number;
}

/** Reads public files over HTTP without any key, within limits of size and time. Follows no redirect. */
export class HttpReader {
  readonly #options: HttpReaderOptions;
  readonly #agent: Agent;
  readonly #signal: AbortSignal;
  #left: number;

  constructor(options: HttpReaderOptions) {
    this.#options = options;
    this.#left = options.bytesMax;
    this.#signal = AbortSignal.timeout(options.timeoutMs);
    this.#agent = new Agent({
      connect: { timeout: CONNECT_MS },
      headersTimeout: ANSWER_MS,
      bodyTimeout: ANSWER_MS,
      maxResponseSize: options.answerBytesMax,
      connections: 8,
    });
  }

  /** The bytes at a path; null for 404. Any other answer is an `HttpFailure`. */
  async get(path: string): Promise<Bytes | null> {
    const url = new URL(path, this.#options.baseUrl).href;
    try {
      const answer = await request(url, {
        dispatcher: this.#agent,
        headers: { "cache-control": "no-cache" },
        signal: this.#signal,
      });
      const chunks: Uint8Array[] = [];
      for await (const chunk of answer.body) chunks.push(this.#counted(chunk));
      if (answer.statusCode === 404) return null;
      if (answer.statusCode === 200) return concat(...chunks);
      throw new HttpFailure("refused", `expected 200 for ${url}, was ${answer.statusCode}`);
    } catch (error) {
      if (this.#signal.aborted) {
        const { timeoutMs } = this.#options;
        throw new HttpFailure("timed-out", `expected all answers within ${timeoutMs} ms`);
      }
      throw httpFailureOf(error, `GET ${url}`);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #counted(chunk: Uint8Array): Uint8Array {
    this.#left -= chunk.length;
    if (this.#left >= 0) return chunk;
    throw new HttpFailure("too-large", `expected at most ${this.#options.bytesMax} bytes in all`);
  }
}
