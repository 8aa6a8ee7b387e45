import { type Holdings, parseMoney } from "@believe/shared/trade";
import type { Body, Draft } from "@believe/shared/wire";

const FILLS_MAX = 50;
const ENDS: ReadonlySet<string> = new Set(["filled", "cancelled", "rejected", "expired"]);

/** A fill with the number of its record. */
export interface NumberedFill extends Body<"fill"> {
  readonly seq: number;
}

/** What a person at the desk wants to know of the past, kept from the journal: newest fills, last comparison, peaks. */
export class DeskMemory {
  readonly #since = new Map<string, number>();
  #fills: NumberedFill[] = [];
  #reconciliation: Body<"reconciliation"> | null = null;
  #peakMinor = 0;

  /** Takes a record of the journal, oldest first. */
  take(seq: number, { stream, body }: Draft): void {
    if (stream === "fill") this.#fills = [...this.#fills, { seq, ...body }].slice(-FILLS_MAX);
    else if (stream === "reconciliation") this.#reconciliation = body;
    else if (stream === "position") {
      this.#peakMinor = Math.max(this.#peakMinor, parseMoney(body.realised));
    } else if (stream === "intent") this.#since.set(body.order, body.atUs);
    else if (stream === "order") {
      if (ENDS.has(body.state)) this.#since.delete(body.order);
      else this.#since.set(body.order, body.atUs);
    }
  }

  /** Newest fills of a trade date's time and later, oldest first. */
  fillsFrom(atUs: number): NumberedFill[] {
    return this.#fills.filter((fill) => fill.atUs >= atUs);
  }

  get reconciliation(): Body<"reconciliation"> | null {
    return this.#reconciliation;
  }

  /** Distance of an equity below the highest realised result so far, in US cents. */
  drawdown(equityMinor: number): number {
    return Math.max(0, this.#peakMinor - equityMinor);
  }

  /** Market time since which an order of ours is in its state; null for one that came with its entry. */
  sinceOf(order: string, holdings: Pick<Holdings, "orders">): number | null {
    return holdings.orders.has(order) ? (this.#since.get(order) ?? null) : null;
  }
}
