import { timeUs } from "@believe/shared/base";
import type { Instrument, SessionCalendar } from "@believe/shared/market";
import { count, identifier, side, stampUs } from "@believe/shared/wire";
import { z } from "zod";
import { Lots } from "./lots.ts";
import { moneyOf } from "./money.ts";
import { type OpenTrade, openTrade } from "./open-trade.ts";
import { ticks } from "./order.ts";
import { initialStop } from "./round-turn.ts";

/** An execution in our book at the revision that holds now, or a position that was taken over. */
export const booked = z.strictObject({
  /** Base id of the execution; of an adoption, the correction's id. */
  exec: identifier,
  revision: count,
  /** Null for an adoption, and for a bust of which we never had the execution. */
  order: identifier.nullable(),
  /** The trade that it opens when none is open. */
  opens: identifier,
  strategy: identifier,
  /** Where the protective stop was planned. */
  stop: ticks.nullable(),
  side,
  /** 0: taken back. */
  qty: count,
  price: ticks,
  /** US cents. */
  fee: count,
  atUs: stampUs,
  /** Whether an entry of ours asked for it while it was alive. */
  intended: z.boolean(),
});
export type Booked = z.infer<typeof booked>;

/** What a sequence of booked executions comes to. Money in US cents. */
export const tallyState = z.strictObject({
  side: side.nullable(),
  lots: z.array(z.strictObject({ price: ticks, qty: count })),
  gross: z.int(),
  fees: count,
  day: z.strictObject({
    tradeDate: z.iso.date().nullable(),
    /** Realised net of fees since the trade date began. */
    net: z.int(),
    /** Losing trades in a row. */
    losses: count,
  }),
  trade: openTrade.nullable(),
});
export type TallyState = z.infer<typeof tallyState>;

export function emptyTally(): TallyState {
  return {
    side: null,
    lots: [],
    gross: 0,
    fees: 0,
    day: { tradeDate: null, net: 0, losses: 0 },
    trade: null,
  };
}

/** Lots, profit and loss, the trade date's totals and the open trade, after one booked execution at a time. */
export class Tally {
  readonly lots: Lots;
  readonly #instrument: Instrument;
  readonly #calendar: SessionCalendar;
  readonly #state: Omit<TallyState, "side" | "lots">;
  #closed: OpenTrade | null = null;

  constructor(instrument: Instrument, state: TallyState, calendar: SessionCalendar) {
    const { side, lots, gross, fees, day, trade } = state;
    this.#instrument = instrument;
    this.#calendar = calendar;
    this.lots = new Lots(side, lots);
    this.#state = { gross, fees, day: { ...day }, trade: trade && { ...trade } };
  }

  get trade(): OpenTrade | null {
    return this.#state.trade;
  }

  /** The trade that the last execution of any quantity ended. */
  get closed(): OpenTrade | null {
    return this.#closed;
  }

  get day(): TallyState["day"] {
    return this.#state.day;
  }

  get gross(): number {
    return this.#state.gross;
  }

  get fees(): number {
    return this.#state.fees;
  }

  get realised(): number {
    return this.#state.gross - this.#state.fees;
  }

  take(entry: Booked): void {
    const { side, qty, price, fee } = entry;
    if (qty === 0) return;
    this.#closed = null;
    const { lots } = this;
    const crosses = lots.net !== 0 && lots.side !== side && qty > Math.abs(lots.net);
    const gross = moneyOf(this.#instrument, lots.fill(side, qty, price));
    const state = this.#state;
    state.gross += gross;
    state.fees += fee;
    state.trade ??= opened(entry);
    const { trade } = state;
    if (crosses || (trade.side === side && !entry.intended)) trade.intended = false;
    const part = trade.side === side ? "entry" : "exit";
    trade[`${part}Qty`] += qty;
    trade[`${part}Cost`] += price * qty;
    trade.gross += gross;
    trade.fees += fee;
    const { tradeDate } = this.#calendar.span(timeUs(entry.atUs)).state;
    if (state.day.tradeDate !== tradeDate) state.day = { tradeDate, net: 0, losses: 0 };
    state.day.net += gross - fee;
    if (lots.net === 0) this.#close(trade);
  }

  #close(trade: OpenTrade): void {
    const { day } = this.#state;
    day.losses = trade.gross - trade.fees < 0 ? day.losses + 1 : 0;
    this.#closed = trade;
    this.#state.trade = null;
  }

  state(): TallyState {
    const { gross, fees, day, trade } = this.#state;
    return {
      side: this.lots.side,
      lots: this.lots.open.map((lot) => ({ ...lot })),
      gross,
      fees,
      day: { ...day },
      trade: trade && { ...trade },
    };
  }
}

function opened({ opens, strategy, side, atUs, price, stop, intended }: Booked): OpenTrade {
  return {
    trade: opens,
    strategy,
    side,
    enteredAtUs: atUs,
    stop: initialStop(side, price, stop),
    entryQty: 0,
    entryCost: 0,
    exitQty: 0,
    exitCost: 0,
    gross: 0,
    fees: 0,
    intended,
  };
}
