import type { Body } from "@believe/shared/wire";
import type { HoldingsState } from "./holdings-state.ts";

const ASKED_MAX = 128;

function numberOf(id: string): number {
  const digits = /(\d+)$/.exec(id)?.[1];
  return digits === undefined ? 0 : Number(digits);
}

/** The highest numbers given so far, and when the newest orders were asked for. */
export class Counters {
  readonly #asked: number[];
  readonly #numbers: HoldingsState["counters"];

  constructor({ asked, counters }: Pick<HoldingsState, "asked" | "counters">) {
    this.#asked = [...asked];
    this.#numbers = { ...counters };
  }

  get asked(): readonly number[] {
    return this.#asked;
  }

  get numbers(): Readonly<HoldingsState["counters"]> {
    return this.#numbers;
  }

  get nextCorrection(): string {
    return `C-${String(this.#numbers.correction + 1).padStart(6, "0")}`;
  }

  onIntent(intent: string): void {
    this.#numbers.intent = Math.max(this.#numbers.intent, numberOf(intent));
  }

  onOrder({ order, atUs }: Body<"intent">): void {
    this.#numbers.order = Math.max(this.#numbers.order, numberOf(order));
    this.#asked.push(atUs);
    if (this.#asked.length > ASKED_MAX) this.#asked.shift();
  }

  onCorrection(correction: string): void {
    this.#numbers.correction = Math.max(this.#numbers.correction, numberOf(correction));
  }

  state(): Pick<HoldingsState, "asked" | "counters"> {
    return { asked: [...this.#asked], counters: { ...this.#numbers } };
  }
}
