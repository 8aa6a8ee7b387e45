import { type MoneyMinor, moneyDecimal, moneyMinor, timeUs } from "@believe/shared/base";
import { instrumentOf, parsePrice, SessionCalendar } from "@believe/shared/market";
import type { Body, Figures, JournalRecord } from "@believe/shared/wire";
import { draftOf } from "./draft-of.ts";
import { TradeFailure } from "./failure.ts";
import { Lots } from "./lots.ts";
import { moneyOf, parseMoney } from "./money.ts";

const EQUITY_MAX = 500;

interface StrategyTotals {
  trades: number;
  wins: number;
  net: number;
}

interface DayTotals {
  tradeDate: string | null;
  net: number;
  trades: number;
}

/**
 * Folds opened journal records, in the order of their seq, into the figures that the agent signs.
 * Gross comes from the fills (FIFO), not from what a record claims of itself; drawdown is that of the
 * realised net after each trade, from a start of zero.
 */
export class FiguresFold {
  readonly #calendar = new SessionCalendar();
  readonly #lots = new Map<string, Lots>();
  readonly #strategies = new Map<string, StrategyTotals>();
  #account: Figures["account"] | null = null;
  #first: number | null = null;
  #last = 0;
  #fills = 0;
  #trades = 0;
  #wins = 0;
  #gross = 0;
  #fees = 0;
  #tradesNet = 0;
  #peak = 0;
  #drawdown = 0;
  #day: DayTotals = { tradeDate: null, net: 0, trades: 0 };
  #equity: Figures["equity"] = [];

  add(record: JournalRecord): void {
    this.#first ??= record.seq;
    this.#last = record.seq;
    const { stream, body } = draftOf(record);
    if (stream === "genesis") this.#account = body.account;
    if (stream === "fill") this.#addFill(body);
    if (stream === "trade") this.#addTrade(record.seq, body);
  }

  #addFill(fill: Body<"fill">): void {
    const instrument = instrumentOf(fill.symbol);
    const lots = this.#lots.get(fill.symbol) ?? new Lots();
    this.#lots.set(fill.symbol, lots);
    const gross = moneyOf(
      instrument,
      lots.fill(fill.side, fill.qty, parsePrice(instrument, fill.price)),
    );
    const fee = parseMoney(fill.fee);
    this.#fills++;
    this.#gross += gross;
    this.#fees += fee;
    this.#turnTo(fill.atUs);
    this.#day.net += gross - fee;
  }

  #turnTo(atUs: number): void {
    const { tradeDate } = this.#calendar.span(timeUs(atUs)).state;
    if (tradeDate !== this.#day.tradeDate) this.#day = { tradeDate, net: 0, trades: 0 };
  }

  #addTrade(seq: number, trade: Body<"trade">): void {
    const net = parseMoney(trade.net);
    const totals = this.#strategies.get(trade.strategy) ?? { trades: 0, wins: 0, net: 0 };
    this.#strategies.set(trade.strategy, totals);
    const won = net > 0 ? 1 : 0;
    totals.trades++;
    totals.wins += won;
    totals.net += net;
    this.#trades++;
    this.#wins += won;
    this.#day.trades++;
    this.#tradesNet += net;
    this.#peak = Math.max(this.#peak, this.#tradesNet);
    this.#drawdown = Math.max(this.#drawdown, this.#peak - this.#tradesNet);
    this.#equity.push({ seq, atUs: trade.exitedAtUs, net: money(this.#tradesNet) });
    if (this.#equity.length > EQUITY_MAX) this.#equity.shift();
  }

  /** The signed document's fields. Throws `TradeFailure` when no genesis record was among the records. */
  figures(at: { readonly n: number; readonly atUs: number }): Figures {
    if (!this.#account) {
      throw new TradeFailure("no-genesis", "expected a genesis record, was a journal without one");
    }
    return {
      v: 1,
      n: at.n,
      atUs: at.atUs,
      agent: "broker",
      currency: "USD",
      account: this.#account,
      entries: { first: this.#first ?? 0, last: this.#last },
      fills: this.#fills,
      trades: this.#trades,
      wins: this.#wins,
      gross: money(this.#gross),
      fees: money(this.#fees),
      net: money(this.#gross - this.#fees),
      maxDrawdown: money(this.#drawdown),
      day: { ...this.#day, net: money(this.#day.net) },
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
