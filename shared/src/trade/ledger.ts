import { type Instrument, SessionCalendar } from "@believe/shared/market";
import { z } from "zod";
import type { OpenTrade } from "./open-trade.ts";
import { type Booked, booked, emptyTally, Tally, tallyState } from "./tally.ts";

/** What is settled for good, and the executions that the venue may still correct, in the order of their booking. */
export const ledgerState = z.strictObject({ base: tallyState, booked: z.array(booked) });
export type LedgerState = z.infer<typeof ledgerState>;

export function emptyLedger(): LedgerState {
  return { base: emptyTally(), booked: [] };
}

/**
 * The executions that make up our position, each once and at its highest revision. A correction replaces an entry in
 * its place and everything after it is counted again, so that lots, totals, day and trade are what they would have
 * been had the venue said it right at first.
 */
export class Ledger {
  readonly #instrument: Instrument;
  readonly #calendar = new SessionCalendar();
  #base: LedgerState["base"];
  #booked: Booked[];
  #byExec: Map<string, Booked>;
  #tally: Tally;

  constructor(instrument: Instrument, state: LedgerState) {
    this.#instrument = instrument;
    this.#base = state.base;
    this.#booked = state.booked.map((entry) => ({ ...entry }));
    this.#byExec = byExec(this.#booked);
    this.#tally = this.#count(this.#booked);
  }

  get tally(): Tally {
    return this.#tally;
  }

  get booked(): readonly Booked[] {
    return this.#booked;
  }

  find(exec: string): Booked | null {
    return this.#byExec.get(exec) ?? null;
  }

  take(entry: Booked): void {
    this.#booked.push(entry);
    this.#byExec.set(entry.exec, entry);
    this.#tally.take(entry);
  }

  /** What everything would come to with `entry` in the place of what is booked under its id, or after everything. */
  with(entry: Booked): Tally {
    return this.#count(this.#replaced(entry));
  }

  /** Books `entry` in the place of its earlier revision, or at the end; gives the trade that this brought to its end. */
  replace(entry: Booked): OpenTrade | null {
    const before = this.#tally.trade;
    this.#booked = this.#replaced(entry);
    this.#byExec = byExec(this.#booked);
    this.#tally = this.#count(this.#booked);
    const { trade, closed } = this.#tally;
    // A trade that was not open before has its record already; one whose entry was taken back was none.
    return trade === null && closed?.trade === before?.trade ? closed : null;
  }

  #replaced(entry: Booked): Booked[] {
    if (!this.#byExec.has(entry.exec)) return [...this.#booked, entry];
    return this.#booked.map((one) => (one.exec === entry.exec ? entry : one));
  }

  #count(entries: readonly Booked[]): Tally {
    const tally = new Tally(this.#instrument, this.#base, this.#calendar);
    for (const entry of entries) tally.take(entry);
    return tally;
  }

  /** Settles the oldest entries for good, up to the first that may still be spoken of. */
  settle(isOpen: (entry: Booked) => boolean): void {
    const open = this.#booked.findIndex(isOpen);
    const count = open === -1 ? this.#booked.length : open;
    if (count === 0) return;
    this.#base = this.#count(this.#booked.slice(0, count)).state();
    this.#booked = this.#booked.slice(count);
    this.#byExec = byExec(this.#booked);
  }

  state(): LedgerState {
    return { base: this.#base, booked: this.#booked.map((entry) => ({ ...entry })) };
  }
}

function byExec(entries: readonly Booked[]): Map<string, Booked> {
  return new Map(entries.map((entry) => [entry.exec, entry]));
}
