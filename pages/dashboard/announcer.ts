const EVERY_MS = 30_000;

/** Decides when the state sentence is spoken: on a change of state, else at most once in 30 s and only when it differs. */
export class Announcer {
  #state: string | null = null;
  #text = "";
  #atMs = Number.NEGATIVE_INFINITY;

  /** The text to announce now, or null. The first state of a page is read by the reader itself, not announced. */
  next(state: string, text: string, nowMs: number): string | null {
    const first = this.#state === null;
    const changed = this.#state !== state;
    const due = nowMs - this.#atMs >= EVERY_MS && text !== this.#text;
    if (!changed && !due) return null;
    this.#state = state;
    this.#text = text;
    this.#atMs = nowMs;
    return first ? null : text;
  }
}
