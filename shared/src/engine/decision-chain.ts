import { concat, fromHex, hex, type Sha256, sha256, utf8 } from "@believe/shared/base";
import { chainText, type Draft, streams } from "@believe/shared/wire";

/** The tip before the first chained record. */
export const FIRST_TIP = "0".repeat(64);

/** SHA-256 chain over the chained records in the order of their emission: tip ← SHA-256(tip ‖ chainText(draft)). */
export class DecisionChain {
  readonly #hash: Sha256;
  #tip: Uint8Array;
  #text: string | null;
  #records = 0;

  constructor(tip: string = FIRST_TIP, hash: Sha256 = sha256) {
    this.#hash = hash;
    this.#tip = fromHex(tip);
    this.#text = tip;
  }

  /** 64 hex digits. */
  get tip(): string {
    this.#text ??= hex(this.#tip);
    return this.#text;
  }

  /** Chained records added here. */
  get records(): number {
    return this.#records;
  }

  /** Adds a draft; one of a stream that is not chained changes nothing. */
  add(draft: Draft): void {
    if (!streams[draft.stream].chained) return;
    this.#tip = this.#hash(concat(this.#tip, utf8(chainText(draft))));
    this.#text = null;
    this.#records++;
  }
}
