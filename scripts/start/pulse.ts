const ANSWER_MS = 5_000;
/** A busy machine may miss one. */
const MISSES_MAX = 3;

/** Asks an address again and again; it has stopped once it gave no answer several times in a row. */
export class Pulse {
  readonly #url: string;
  readonly #answerMs: number;
  #misses = 0;

  constructor(url: string, answerMs = ANSWER_MS) {
    this.#url = url;
    this.#answerMs = answerMs;
  }

  /** Asks once. Any status is an answer. */
  async beats(): Promise<boolean> {
    try {
      const answer = await fetch(this.#url, { signal: AbortSignal.timeout(this.#answerMs) });
      await answer.arrayBuffer();
      this.#misses = 0;
    } catch {
      this.#misses += 1;
    }
    return this.#misses < MISSES_MAX;
  }
}
