const MOST = 4096;

/** The newest names that were seen, so that a word told again is not told on. */
export class Recent {
  readonly #names = new Set<string>();

  /** False when it was there already. */
  add(name: string): boolean {
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    const [oldest] = this.#names;
    if (this.#names.size > MOST && oldest !== undefined) this.#names.delete(oldest);
    return true;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }
}
