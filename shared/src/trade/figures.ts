import { DAY_US, type MoneyMinor, moneyDecimal, moneyMinor, timeUs } from "@believe/shared/base";
import { instrumentOf, parsePrice, SessionCalendar } from "@believe/shared/market";
import type { Body, Figures, JournalRecord } from "@believe/shared/wire";
import { changedEntry } from "./change.ts";
import { draftOf } from "./draft-of.ts";
import { TradeFailure } from "./failure.ts";
import { emptyLedger, Ledger } from "./ledger.ts";
import { parseMoney } from "./money.ts";
import type { Tally } from "./tally.ts";

const EQUITY_MAX = 500;
const BOOKED_MAX = 1024;
/** Longer than the holdings remember: whatever they can correct can be corrected here. */
const SPOKEN_OF_US = 8 * DAY_US;

interface StrategyTotals {
  trades: number;
  wins: number;
  net: number;
}

/** A closed trade as it is counted now. */
interface Counted {
  readonly strategy: string;
  readonly net: number;
}

/**
 * Folds opened journal records, in the order of their seq, into the figures that the agent signs.
 * Gross comes from the fills (FIFO) and what replaced them, not from what a record claims of itself; a correction or
 * an adoption is never counted as a fill. Drawdown is that of the realised net after each trade, from a start of zero.
 */
export class FiguresFold {
  readonly #calendar = new SessionCalendar();
  readonly #ledgers = new Map<string, Ledger>();
  readonly #strategies = new Map<string, StrategyTotals>();
  readonly #counted = new Map<string, Counted>();
  #account: Figures["account"] | null = null;
  #first: number | null = null;
  #last = 0;
  #fills = 0;
  #wins = 0;
  #peak = 0;
  #drawdown = 0;
  #day: { tradeDate: string | null; trades: number } = { tradeDate: null, trades: 0 };
  #equity: Figures["equity"] = [];

  add(record: JournalRecord): void {
    this.#first ??= record.seq;
    this.#last = record.seq;
    const { stream, body } = draftOf(record);
    if (stream === "genesis") this.#account = body.account;
    if (stream === "fill") this.#addFill(body);
    if (stream === "correction") this.#addCorrection(record.seq, body);
    if (stream === "trade") this.#addTrade(record.seq, body);
  }

  #ledgerOf(symbol: string): Ledger {
    const ledger = this.#ledgers.get(symbol) ?? new Ledger(instrumentOf(symbol), emptyLedger());
    this.#ledgers.set(symbol, ledger);
    return ledger;
  }

  #addFill(fill: Body<"fill">): void {
    const { exec, order, trade: opens, symbol, side, qty, atUs } = fill;
    const ledger = this.#ledgerOf(symbol);
    const price = parsePrice(instrumentOf(symbol), fill.price);
    const of = { exec, revision: 0, order, opens, strategy: "none", stop: null, intended: true };
    ledger.take({ ...of, side, qty, price, fee: parseMoney(fill.fee), atUs });
    if (ledger.booked.length > BOOKED_MAX) ledger.settle((one) => one.atUs >= atUs - SPOKEN_OF_US);
    this.#fills++;
    const { tradeDate } = this.#calendar.span(timeUs(atUs)).state;
    if (tradeDate !== this.#day.tradeDate) this.#day = { tradeDate, trades: 0 };
  }

  #addCorrection(seq: number, correction: Body<"correction">): void {
    const { symbol, exec, atUs } = correction;
    const ledger = this.#ledgerOf(symbol);
    const before = ledger.tally.realised;
    const trade = exec === null ? null : (ledger.find(exec)?.opens ?? null);
    ledger.replace(changedEntry(ledger, instrumentOf(symbol), correction));
    const delta = ledger.tally.realised - before;
    const counted = trade === null ? undefined : this.#counted.get(trade);
    if (trade !== null && counted) this.#count(trade, { ...counted, net: counted.net + delta });
    if (delta !== 0 && ledger.tally.trade === null) this.#mark(seq, atUs);
  }

  #addTrade(seq: number, { trade, strategy, net, exitedAtUs }: Body<"trade">): void {
    // A trade that a correction opened again is told of a second time.
    if (!this.#counted.has(trade)) this.#day.trades++;
    this.#count(trade, { strategy, net: parseMoney(net) });
    this.#mark(seq, exitedAtUs);
  }

  /** Counts a closed trade, or counts it anew. */
  #count(trade: string, { strategy, net }: Counted): void {
    const before = this.#counted.get(trade);
    this.#counted.set(trade, { strategy, net });
    if (before) this.#add(before, -1);
    this.#add({ strategy, net }, 1);
  }

  #add({ strategy, net }: Counted, times: 1 | -1): void {
    const totals = this.#strategies.get(strategy) ?? { trades: 0, wins: 0, net: 0 };
    this.#strategies.set(strategy, totals);
    const won = net > 0 ? times : 0;
    totals.trades += times;
    totals.wins += won;
    totals.net += times * net;
    this.#wins += won;
  }

  /** One more point of the equity: what is realised when nothing is open. */
  #mark(seq: number, atUs: number): void {
    const net = this.#sum((tally) => tally.realised);
    this.#peak = Math.max(this.#peak, net);
    this.#drawdown = Math.max(this.#drawdown, this.#peak - net);
    this.#equity.push({ seq, atUs, net: money(net) });
    if (this.#equity.length > EQUITY_MAX) this.#equity.shift();
  }

  #sum(of: (tally: Tally) => number): number {
    return [...this.#ledgers.values()].reduce((sum, { tally }) => sum + of(tally), 0);
  }

  /** The signed document's fields. Throws `TradeFailure` when no genesis record was among the records. */
  figures(at: { readonly n: number; readonly atUs: number }): Figures {
    if (!this.#account) {
      throw new TradeFailure("no-genesis", "expected a genesis record, was a journal without one");
    }
    const { tradeDate, trades } = this.#day;
    return {
      v: 1,
      n: at.n,
      atUs: at.atUs,
      agent: "broker",
      currency: "USD",
      account: this.#account,
      entries: { first: this.#first ?? 0, last: this.#last },
      fills: this.#fills,
      trades: this.#counted.size,
      wins: this.#wins,
      gross: money(this.#sum((tally) => tally.gross)),
      fees: money(this.#sum((tally) => tally.fees)),
      net: money(this.#sum((tally) => tally.realised)),
      maxDrawdown: money(this.#drawdown),
      day: {
        tradeDate,
        net: money(this.#sum(({ day }) => (day.tradeDate === tradeDate ? day.net : 0))),
        trades,
      },
      byStrategy: [...this.#strategies].map(([strategy, totals]) => ({
        strategy,
        trades: totals.trades,
        wins: totals.wins,
        net: money(totals.net),
      })),
      equity: [...this.#equity],
    };
  }
}

function money(value: number): string {
  const minor: MoneyMinor = moneyMinor(value);
  return moneyDecimal(minor);
}

/** The figures of `records`: see `FiguresFold`. */
export function figuresOf(
  records: Iterable<JournalRecord>,
  at: { readonly n: number; readonly atUs: number },
): Figures {
  const fold = new FiguresFold();
  for (const record of records) fold.add(record);
  return fold.figures(at);
}
