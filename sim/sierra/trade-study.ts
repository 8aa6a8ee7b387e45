import { isoUs, priceTicks, SECOND_US, type TimeUs } from "@believe/shared/base";
import { instrumentOf, isOnTick, parsePrice, priceDecimal } from "@believe/shared/market";
import { opposite, signOf } from "@believe/shared/trade";
import { type CommandRow, commandOf } from "./command-row.ts";
import { type FillsCells, fillsRow } from "./fills-row.ts";
import type { TradePort } from "./trade-port.ts";
import type { HeldFill, HeldOrder, TradeVenue, VenueChange } from "./trade-venue.ts";

const ALIVE_US = 2 * SECOND_US;
const LF = 0x0a;

export interface TradeStudyOptions {
  readonly port: TradePort;
  readonly venue: TradeVenue;
  readonly account: string;
  readonly isSim: boolean;
  /** Sierra's start stamp; a chart reload adds to it. */
  readonly runId: string;
  /** After a start or a reload Sierra has its orders and fills only this much later. */
  readonly loadUs: number;
}

/**
 * The trading study inside Sierra: takes commands from `orders_RGW.csv`, refuses what is stale, damaged or out of
 * order, and tells in `fills_RGW.csv` what the venue does. Called again and again with the time, as Sierra calls it.
 * What it must not forget, the last command taken, is on disk before the command has any effect.
 */
export class TradeStudy {
  readonly #options: TradeStudyOptions;
  readonly #symbol: string;
  #run: string;
  #reloads = 0;
  #rowSeq = 0;
  #offset: number;
  #cmdSeq: number;
  #heard: number;
  #loadedUs: number;
  #isLoaded = false;
  #aliveUs = Number.NEGATIVE_INFINITY;
  /** The switch in Sierra that lets studies trade. */
  trading = true;

  constructor(options: TradeStudyOptions, nowUs: TimeUs) {
    this.#options = options;
    this.#symbol = options.venue.symbol;
    this.#run = options.runId;
    this.#loadedUs = nowUs + options.loadUs;
    this.#heard = options.venue.changes.length;
    const state = /^(\d+) (\d+)\n$/.exec(options.port.loadState() ?? "");
    this.#cmdSeq = Number(state?.[1] ?? 0);
    this.#offset = Number(state?.[2] ?? 0);
    if (state === null) this.#skipOld();
    // A kill tore the last row: it ends here, as a row that nobody can read.
    if (!options.port.endsWhole()) options.port.appendFills("\r\n");
  }

  get cmdSeq(): number {
    return this.#cmdSeq;
  }

  /** The chart is reloaded: a new run, and Sierra loads its fills again. */
  reload(nowUs: TimeUs): void {
    this.#run = `${this.#options.runId}-${++this.#reloads}`;
    this.#rowSeq = 0;
    this.#isLoaded = false;
    this.#loadedUs = nowUs + this.#options.loadUs;
    this.#aliveUs = Number.NEGATIVE_INFINITY;
  }

  /** One call of the study. */
  call(nowUs: TimeUs): void {
    const loads = !this.#isLoaded && nowUs >= this.#loadedUs;
    if (loads) this.#isLoaded = true;
    if (loads || nowUs - this.#aliveUs >= ALIVE_US) this.#tellAlive(nowUs);
    if (!this.#isLoaded) return;
    if (loads) this.#tellAll(nowUs);
    this.#tellChanges(nowUs);
    this.#takeCommands(nowUs);
  }

  /** Without its state the study cannot know what it has done: it begins behind everything that is there. */
  #skipOld(): void {
    const bytes = this.#options.port.readOrders(0) ?? Buffer.alloc(0);
    const end = bytes.lastIndexOf(LF) + 1;
    for (const line of bytes.toString("latin1", 0, end).split("\n")) {
      const command = commandOf(line);
      if (command !== null && command !== "header") {
        this.#cmdSeq = Math.max(this.#cmdSeq, command.cmdSeq);
      }
    }
    this.#offset = end;
    if (end > 0) this.#save();
  }

  #save(): void {
    this.#options.port.saveState(`${this.#cmdSeq} ${this.#offset}\n`);
  }

  #takeCommands(nowUs: TimeUs): void {
    const bytes = this.#options.port.readOrders(this.#offset);
    if (bytes === null) {
      // Another file lies there. Its commands count by their numbers alone.
      this.#offset = 0;
      return;
    }
    for (let from = 0; ; ) {
      const end = bytes.indexOf(LF, from);
      if (end === -1) return;
      const line = bytes.toString("latin1", from, end);
      this.#offset += end + 1 - from;
      from = end + 1;
      this.#takeLine(line, nowUs);
      this.#tellChanges(nowUs);
    }
  }

  #takeLine(line: string, nowUs: TimeUs): void {
    const command = commandOf(line);
    if (command === "header") return;
    if (command === null || command.cmdSeq <= this.#cmdSeq) {
      this.#save();
      this.#tell(nowUs, {
        event: "REJECT",
        reason: command === null ? "bad-crc" : "out-of-sequence",
      });
      return;
    }
    this.#cmdSeq = command.cmdSeq;
    this.#save();
    const reason = this.#refusal(command, nowUs) ?? this.#act(command, nowUs);
    if (reason === null) return;
    const { order, cmdSeq } = command;
    this.#tell(nowUs, { event: "REJECT", client_order_id: order, cmd_seq: cmdSeq, reason });
  }

  #refusal(command: CommandRow, nowUs: TimeUs): string | null {
    if (command.expiresUs < nowUs) return "expired";
    if (command.account !== this.#options.account) return "wrong-account";
    if (command.symbol !== this.#symbol) return "unknown-symbol";
    if (!this.trading && command.action !== "SYNC") return "trading-disabled";
    const { price, reference, stopOffset, targetOffset } = command;
    const instrument = instrumentOf(this.#symbol);
    const prices = [price, reference, stopOffset, targetOffset].filter((text) => text !== "");
    return prices.every((text) => isOnTick(instrument, text)) ? null : "off-tick";
  }

  /** Does what a command says; a reason where it cannot. */
  #act(command: CommandRow, nowUs: TimeUs): string | null {
    switch (command.action) {
      case "NEW":
        return this.#place(command, nowUs);
      case "MODIFY":
      case "CANCEL": {
        const { venue } = this.#options;
        const order = venue.tagged(command.order)[0];
        if (order === undefined) return "unknown-order";
        this.#tellChanges(nowUs);
        const price =
          command.price === "" ? null : parsePrice(instrumentOf(this.#symbol), command.price);
        const done =
          command.action === "CANCEL"
            ? venue.cancel(order)
            : venue.modify(order, price, command.qty);
        if (!done) return "too-late";
        this.#tellChanges(nowUs, command.cmdSeq);
        return null;
      }
      case "SYNC":
        this.#tellAll(nowUs);
        return null;
      default:
        return "not-supported";
    }
  }

  #place(command: CommandRow, nowUs: TimeUs): string | null {
    const { venue } = this.#options;
    const { order: tag, qty, side: sideText, type: typeText } = command;
    const instrument = instrumentOf(this.#symbol);
    const type = (["MKT", "LMT", "STP"] as const).find((one) => one === typeText);
    const side = sideText === "BUY" ? "buy" : "sell";
    if (type === undefined || !Number.isSafeInteger(qty) || qty < 1) return "order-incomplete";
    if (sideText !== "BUY" && sideText !== "SELL") return "order-incomplete";
    if (venue.tagged(tag).length > 0) return "duplicate-order";
    const priceOf = (text: string) => (text === "" ? null : parsePrice(instrument, text));
    const price = priceOf(command.price);
    if (type !== "MKT" && price === null) return "order-incomplete";
    const reference = priceOf(command.reference);
    const child = (offset: string, side: "buy" | "sell") => {
      const ticks = priceOf(offset);
      if (ticks === null || reference === null) return null;
      return priceTicks(reference + signOf(side) * ticks);
    };
    const stop = child(command.stopOffset, opposite(side));
    const target = child(command.targetOffset, side);
    this.#tellChanges(nowUs);
    venue.place({ tag, side, type, qty, price, stop, target });
    this.#tellChanges(nowUs, command.cmdSeq);
    return null;
  }

  #tellAlive(nowUs: TimeUs): void {
    this.#aliveUs = nowUs;
    const trading = this.trading && this.#isLoaded ? 1 : 0;
    const position_after = this.#options.venue.position;
    this.#tell(nowUs, { event: "ALIVE", position_after, cmd_seq: this.#cmdSeq, trading });
  }

  /** Everything of the trading day, between two marks. */
  #tellAll(nowUs: TimeUs): void {
    const { venue } = this.#options;
    this.#heard = venue.changes.length;
    const rows: FillsCells[] = venue.orders.map((order) => this.#orderCells(order));
    rows.push(...venue.fills.map((fill) => this.#fillCells(fill)));
    rows.push({ event: "POSITION", position_after: venue.position });
    const marks = { cmd_seq: this.#cmdSeq };
    this.#tell(nowUs, { event: "SYNC-BEGIN", ...marks }, ...rows, {
      event: "SYNC-END",
      ...marks,
      qty: rows.length,
    });
  }

  /** What the venue did since the last call; `cmdSeq` is the command that it answers. */
  #tellChanges(nowUs: TimeUs, cmdSeq: number | null = null): void {
    const { changes } = this.#options.venue;
    while (this.#heard < changes.length) {
      const change = changes[this.#heard++];
      if (change !== undefined) this.#tell(nowUs, this.#changeCells(change, cmdSeq));
    }
  }

  #changeCells(change: VenueChange, cmdSeq: number | null): FillsCells {
    if (change.kind === "FILL") return this.#fillCells(change.fill);
    return { ...this.#orderCells(change.order), event: change.kind, cmd_seq: cmdSeq };
  }

  #orderCells(order: HeldOrder): FillsCells {
    const { id, tag, side, type, qty, filled, price, state, reason } = order;
    const event = state === "cancelled" ? "CANCEL" : state === "rejected" ? "REJECT" : "ACK";
    return {
      event,
      client_order_id: tag,
      internal_order_id: id,
      service_order_id: `S${id}`,
      side: side.toUpperCase(),
      type,
      qty,
      price: price === null ? null : priceDecimal(instrumentOf(this.#symbol), price),
      filled_total: filled,
      reason,
    };
  }

  #fillCells(fill: HeldFill): FillsCells {
    const { order, exec, qty, price, filledTotal, positionAfter, atUs } = fill;
    return {
      ...this.#orderCells(order),
      ts_utc: isoUs(atUs),
      event: "FILL",
      exec_id: exec,
      qty,
      price: priceDecimal(instrumentOf(this.#symbol), price),
      filled_total: filledTotal,
      position_after: positionAfter,
    };
  }

  #tell(nowUs: TimeUs, ...rows: readonly FillsCells[]): void {
    const { account, isSim, port } = this.#options;
    const of = { symbol: this.#symbol, account, is_sim: isSim ? 1 : 0 };
    const lines = rows.map((cells) =>
      fillsRow(nowUs, { run_id: this.#run, row_seq: ++this.#rowSeq, ...of, ...cells }),
    );
    port.appendFills(`${lines.join("\r\n")}\r\n`);
  }
}
