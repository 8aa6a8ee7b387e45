import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import type { TimedMarketEvent } from "@believe/shared/market";
import { type HeldOrder, type Placing, TradeVenue } from "./trade-venue.ts";
import { actLine, actOf, type VenueAct } from "./venue-act.ts";

/**
 * A venue that outlives its process. It is a pure function of the tape and of what it was asked, so only that is kept:
 * each act is in the file before it has an effect. A later life that sees the same tape from its beginning does each
 * act again where it was done, and stands where the earlier one stood.
 */
export class KeptVenue extends TradeVenue {
  readonly #file: number;
  readonly #acts: readonly VenueAct[];
  #redone = 0;
  #seen = 0;

  /** Throws `ActFailure` where the file holds something else. */
  constructor(symbol: string, path: string) {
    super(symbol);
    this.#file = openSync(path, "a+");
    const bytes = readFileSync(path);
    const end = bytes.lastIndexOf("\n") + 1;
    // A kill tore its last line: what it says had no effect yet.
    ftruncateSync(this.#file, end);
    this.#acts = bytes.toString("latin1", 0, end).split("\n").slice(0, -1).map(actOf);
    this.#redo();
  }

  /** False while acts of an earlier life lie ahead on the tape: nobody may ask for anything before them. */
  get isWhole(): boolean {
    return this.#redone === this.#acts.length;
  }

  override market(event: TimedMarketEvent): void {
    super.market(event);
    this.#seen++;
    this.#redo();
  }

  override place(placing: Placing): HeldOrder {
    this.#keep({ act: "place", seen: this.#seen, placing });
    return super.place(placing);
  }

  override cancel(order: HeldOrder): boolean {
    this.#keep({ act: "cancel", seen: this.#seen, id: order.id });
    return super.cancel(order);
  }

  override modify(order: HeldOrder, price: HeldOrder["price"], lots: number): boolean {
    this.#keep({ act: "modify", seen: this.#seen, id: order.id, price, lots });
    return super.modify(order, price, lots);
  }

  close(): void {
    closeSync(this.#file);
  }

  #keep(act: VenueAct): void {
    writeSync(this.#file, `${actLine(act)}\n`);
  }

  #redo(): void {
    for (let act = this.#next(); act !== null; act = this.#next()) {
      this.#redone++;
      if (act.act === "place") super.place(act.placing);
      else this.#redoOn(act);
    }
  }

  #next(): VenueAct | null {
    const act = this.#acts[this.#redone];
    return act?.seen === this.#seen ? act : null;
  }

  #redoOn(act: Exclude<VenueAct, { readonly act: "place" }>): void {
    const order = this.orders.find(({ id }) => id === act.id);
    if (order === undefined) return;
    if (act.act === "cancel") super.cancel(order);
    else super.modify(order, act.price, act.lots);
  }
}
