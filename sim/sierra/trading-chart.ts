import { join } from "node:path";
import { type TimeUs, timeUs } from "@believe/shared/base";
import type { Tape, TapeRow } from "../tape/index.ts";
import { KeptVenue } from "./kept-venue.ts";
import { tapeMarket } from "./tape-market.ts";
import { type TradePort, tradeFolder } from "./trade-port.ts";
import { TradeStudy } from "./trade-study.ts";

export interface TradingChartOptions {
  /** Where the order files lie, and beside them what the study and the venue keep. */
  readonly folder: string;
  readonly tape: Tape;
  /** A simulated trade account. */
  readonly account: string;
  /** Sierra's start stamp. */
  readonly runId: string;
  /** Time that Sierra takes to load orders and fills. */
  readonly loadMs: number;
  readonly wallUs: () => TimeUs;
  /** Between the study and its files: for fault tests. */
  readonly through?: (port: TradePort) => TradePort;
}

/**
 * The chart with the trading study on it, and the venue behind it: one tape moves the market that the agent reads and
 * the one in which its orders fill. The study is there once the venue stands where an earlier life of it ended.
 */
export class TradingChart {
  readonly venue: KeptVenue;
  readonly #options: TradingChartOptions;
  readonly #port: TradePort;
  readonly #marketOf: (row: TapeRow) => ReturnType<ReturnType<typeof tapeMarket>>;
  #study: TradeStudy | null = null;

  constructor(options: TradingChartOptions) {
    const { folder, tape, through } = options;
    this.#options = options;
    const port = tradeFolder(folder);
    this.#port = through === undefined ? port : through(port);
    this.venue = new KeptVenue(tape.info.symbol, join(folder, "venue_RGW.acts"));
    this.#marketOf = tapeMarket(tape);
  }

  /** A row of the tape, each once and in their order from the tape's beginning on. */
  onRow(row: TapeRow): void {
    const event = this.#marketOf(row);
    if (event !== null) this.venue.market(event);
  }

  /** Sierra calls its studies; `isCaughtUp` when no row of the tape is overdue. */
  call(isCaughtUp: boolean): void {
    const nowUs = this.#options.wallUs();
    this.#study ??= isCaughtUp && this.venue.isWhole ? this.#begin(nowUs) : null;
    this.#study?.call(nowUs);
  }

  #begin(nowUs: TimeUs): TradeStudy {
    const { account, runId, loadMs } = this.#options;
    const loadUs = timeUs(loadMs * 1_000);
    const of = { port: this.#port, venue: this.venue, account, isSim: true, runId, loadUs };
    return new TradeStudy(of, nowUs);
  }
}
