import type { VenueExecution, VenueOrder, VenueSnapshot } from "@believe/shared/trade";
import type { FillsRow } from "./fills-row.ts";
import { executionOf, VENUE, venueOrderOf } from "./order-words.ts";

/** Rows between SYNC-BEGIN and SYNC-END: everything that the study's program has of the trading day. */
export class SyncBlock {
  readonly run: string;
  readonly executions: VenueExecution[] = [];
  readonly #symbol: string;
  readonly #orders = new Map<string, VenueOrder>();
  #lots: number | null = null;
  #rows = 0;
  #whole = true;

  constructor(begin: FillsRow, symbol: string) {
    this.run = begin.run;
    this.#symbol = symbol;
  }

  /** A row of the block; ALIVE is none. */
  add(row: FillsRow): void {
    this.#rows++;
    const order = venueOrderOf(row, this.#symbol);
    const execution = executionOf(row, this.#symbol);
    if (order !== null) this.#orders.set(order.ref, order);
    else if (execution !== null) this.executions.push(execution);
    else if (row.event === "POSITION") this.#lots = row.positionAfter;
    else this.#whole = false;
  }

  /** True when the end row counts what was read, every row was understood and the position is among them. */
  isWhole(end: FillsRow): boolean {
    return this.#whole && end.qty === this.#rows && this.#lots !== null;
  }

  /** Signed lots. */
  get lots(): number {
    return this.#lots ?? 0;
  }

  get orders(): readonly VenueOrder[] {
    return [...this.#orders.values()];
  }

  snapshot(account: string, definite: boolean): VenueSnapshot {
    const { orders } = this;
    return {
      venue: VENUE,
      account,
      orders: orders.filter(({ state }) => state === "working"),
      done: orders.filter(({ state }) => state !== "working"),
      executions: this.executions,
      positions: [{ symbol: this.#symbol, lots: this.lots }],
      definite,
    };
  }
}
