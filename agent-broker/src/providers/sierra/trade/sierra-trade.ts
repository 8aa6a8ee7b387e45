import { join } from "node:path";
import { Quarantine, readStateFile, Tailer, writeStateFile } from "@believe/host/tail";
import { type PriceTicks, type TimeUs, timeUs } from "@believe/shared/base";
import { type Instrument, instrumentOf, type TimedMarketEvent } from "@believe/shared/market";
import type { TradeProvider, VenueEvent } from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";
import { Answers } from "./answers.ts";
import { sierraTradeCapabilities } from "./capabilities.ts";
import { type CommandContext, commandOf, syncCommand } from "./command-of.ts";
import type { Command } from "./command-row.ts";
import { FillsReader } from "./fills-reader.ts";
import type { FillsRow } from "./fills-row.ts";
import { LinkHealth, type LinkState } from "./link-health.ts";
import { absentWord, executionOf, signedLots, VENUE } from "./order-words.ts";
import { OrdersFile } from "./orders-file.ts";
import { SyncBlock } from "./sync-block.ts";
import { type OpenOrder, type TradeState, tradeState } from "./trade-state.ts";

const DEADLINE_MS = 5_000;
const POLL_MS = 5;

export interface SierraTradeOptions {
  /** Where `orders_RGW.csv` and `fills_RGW.csv` lie. */
  readonly folder: string;
  readonly quarantineFolder: string;
  readonly stateFile: string;
  readonly symbol: string;
  /** The account that every row of the study must name, and whether it is a simulated one. */
  readonly account: { readonly name: string; readonly kind: "paper" | "live" };
  /** A command that the study has not taken by then is never executed. */
  readonly deadlineMs?: number;
  readonly pollMs?: number;
  /** A command number that somebody has seen: the journal's highest intent, so that a lost file repeats none. */
  readonly cmdSeqFloor?: number;
  /** The machine's clock, which the study's stamps are compared with. */
  readonly wallUs: () => TimeUs;
}

/**
 * Orders through Sierra: commands go into `orders_RGW.csv`, the study's answers come from `fills_RGW.csv`, as
 * `docs/sierra-files.md` says. Nothing is ever sent twice; what is in doubt takes the link down until the study has
 * told everything that it has.
 */
export class SierraTrade implements TradeProvider {
  readonly capabilities = sierraTradeCapabilities;
  readonly #options: SierraTradeOptions;
  readonly #instrument: Instrument;
  readonly #orders: OrdersFile;
  readonly #tailer: Tailer;
  readonly #reader: FillsReader;
  readonly #quarantine: Quarantine;
  readonly #answers: Answers;
  readonly #link: LinkHealth;
  readonly #told: { state: LinkState | null; reason: string | null } = {
    state: null,
    reason: null,
  };
  #queue: VenueEvent[] = [];
  #block: SyncBlock | null = null;
  /** Signed lots at the venue, by its own rows; null before the first snapshot. */
  #lots: number | null = null;
  /** False while rows are read of which nobody knows whether they were heard before. */
  #hearing: boolean;
  #ownSeq = Number.POSITIVE_INFINITY;
  #seen: PriceTicks | null = null;
  #polledUs = Number.NEGATIVE_INFINITY;

  /** Throws `TailFailure` when the state file is damaged. */
  constructor(options: SierraTradeOptions) {
    this.#options = options;
    this.#instrument = instrumentOf(options.symbol);
    const state = readStateFile(options.stateFile, tradeState);
    this.#hearing = state !== null;
    const open = new Map<string, OpenOrder>(state?.open.map((order) => [order.order, order]));
    const floor = Math.max(state?.cmdSeq ?? 0, options.cmdSeqFloor ?? 0);
    this.#orders = new OrdersFile(join(options.folder, "orders_RGW.csv"), floor, (row) => {
      // Written before a crash, after the state was kept.
      const isNews = row.action === "NEW" && row.cmdSeq > (state?.cmdSeq ?? 0);
      if (isNews) open.set(row.order, openOrderOf(row));
    });
    this.#quarantine = new Quarantine({ folder: options.quarantineFolder });
    this.#link = new LinkHealth({ account: options.account.name, kind: options.account.kind });
    const doubt = (reason: string): void => this.#link.doubt(reason);
    this.#answers = new Answers(options.symbol, [...open.values()], {
      word: (word) => this.#say(word),
      doubt,
    });
    const path = join(options.folder, "fills_RGW.csv");
    this.#reader = new FillsReader({
      path,
      instrument: this.#instrument,
      quarantine: this.#quarantine,
      from: state,
      onRow: (row) => this.#take(row),
      onRun: () => {
        this.#block = null;
        this.#link.restarted(options.wallUs());
      },
      onDoubt: (reason) => {
        this.#block = null;
        doubt(reason);
      },
    });
    this.#tailer = new Tailer({ path, consumer: this.#reader, state: state?.tail ?? null });
  }

  submit(intent: Body<"intent">, tsUs: TimeUs): void {
    const context = this.#context();
    const left = (intent.expiresUs ?? Number.POSITIVE_INFINITY) - tsUs;
    const expiresUs = timeUs(Math.min(context.expiresUs, context.atUs + left));
    const isNew = intent.action !== "move" && intent.action !== "cancel";
    const refusal = this.#refusal(intent, left);
    const command = refusal ?? commandOf(intent, { ...context, expiresUs });
    const sent = typeof command === "string" ? "unwritten" : this.#send(command);
    if (typeof sent === "number") return;
    const reason = typeof command === "string" ? command : "orders-unwritable";
    const of = { order: intent.order, symbol: intent.symbol };
    if (isNew && sent === "unwritten") this.#queue.push(absentWord(of, reason));
    else {
      // What becomes of the order is unknown until a snapshot shows it.
      this.#link.refresh(reason);
      this.#sayLink("down", reason);
    }
  }

  due(tsUs: TimeUs): VenueEvent | null {
    this.#poll();
    const word = this.#queue.shift();
    return word === undefined ? null : { ...word, tsUs };
  }

  onMarket(event: TimedMarketEvent): readonly VenueEvent[] {
    if (event.kind === "trade" && event.symbol === this.#options.symbol) this.#seen = event.price;
    if (event.kind === "quote" && event.symbol === this.#options.symbol) {
      this.#seen = event.bid ?? event.ask ?? this.#seen;
    }
    if (event.kind === "gap") this.#seen = null;
    return [];
  }

  /** Rows of the study that could not be read, by reason. */
  get quarantined(): ReadonlyMap<string, number> {
    return this.#quarantine.counts;
  }

  /** Keeps how far the study was heard. Call it once every word so far is kept; else it keeps nothing. */
  saveState(): void {
    this.#quarantine.flush();
    if (this.#queue.length > 0 || this.#block !== null || !this.#hearing) return;
    const state: TradeState = {
      v: 1,
      ...this.#reader.state,
      tail: this.#tailer.offset > 0 ? this.#tailer.state : null,
      cmdSeq: this.#orders.last,
      open: [...this.#answers.open],
    };
    writeStateFile(this.#options.stateFile, state);
  }

  close(): void {
    this.#quarantine.flush();
    this.#tailer.close();
    this.#orders.close();
  }

  /** Why an intent is not even written: the study does not take commands now, or has not told what it holds. */
  #refusal(intent: Body<"intent">, leftUs: number): string | null {
    if (leftUs <= 0) return "expired";
    const deaf = this.#link.deafness(this.#options.wallUs());
    if (deaf !== null) return deaf;
    return intent.action === "enter" && this.#told.state !== "ready" ? "venue-not-ready" : null;
  }

  #context(): CommandContext {
    const atUs = this.#options.wallUs();
    const deadlineUs = (this.#options.deadlineMs ?? DEADLINE_MS) * 1_000;
    return {
      instrument: this.#instrument,
      account: this.#options.account.name,
      lotsMax: this.capabilities.lotsMax,
      atUs,
      expiresUs: timeUs(atUs + deadlineUs),
      seen: this.#seen,
    };
  }

  #send(command: Command): number | "unwritten" | "unknown" {
    const cmdSeq = this.#orders.append(command);
    if (typeof cmdSeq === "string") {
      this.#link.breakDown("orders-unwritable");
      return cmdSeq;
    }
    this.#ownSeq = Math.min(this.#ownSeq, cmdSeq);
    const { action, order, qty, atUs, expiresUs } = command;
    this.#answers.sent({ cmdSeq, action, order, qty: qty ?? 0, expiresUs }, atUs);
    return cmdSeq;
  }

  #poll(): void {
    const wallUs = this.#options.wallUs();
    const pollUs = (this.#options.pollMs ?? POLL_MS) * 1_000;
    if (this.#queue.length > 0 || Math.abs(wallUs - this.#polledUs) < pollUs) return;
    this.#polledUs = wallUs;
    this.#tailer.poll();
    this.#quarantine.flush();
    this.#tell(wallUs);
    if (!this.#link.wantsSync(wallUs)) return;
    const cmdSeq = this.#send(syncCommand(this.#context()));
    if (typeof cmdSeq === "number") this.#link.asked(cmdSeq, wallUs);
  }

  /** Tells a change of the link. What was read before it is told before it. */
  #tell(wallUs: TimeUs): void {
    const { doubt, state, reason } = this.#link.judge(wallUs);
    const before = this.#told;
    if (doubt !== null && !(before.state === "down" && before.reason === doubt)) {
      this.#sayLink("down", doubt);
    }
    if (state !== this.#told.state) this.#sayLink(state, reason);
  }

  #sayLink(state: LinkState, reason: string | null): void {
    this.#told.state = state;
    this.#told.reason = reason;
    this.#queue.push({ kind: "link", tsUs: timeUs(0), venue: VENUE, state, reason });
  }

  #say(word: VenueEvent): void {
    if (this.#hearing) this.#queue.push(word);
  }

  /** A reason where the row is none for us. */
  #take(row: FillsRow): string | null {
    const { account } = this.#options;
    if (row.event === "ALIVE") {
      this.#link.onAlive(row);
      this.#orders.raise(row.cmdSeq ?? 0);
      this.#answers.overdue(row);
    }
    const isOurs = row.account === account.name && row.isSim === (account.kind === "paper");
    // Of an ALIVE row the link has taken notice.
    if (!isOurs && row.event === "ALIVE") return null;
    if (!isOurs) return row.account === account.name ? "wrong-mode" : "wrong-account";
    // An answer to this very process.
    if (row.cmdSeq !== null && row.cmdSeq >= this.#ownSeq) this.#hearing = true;
    if (row.event === "SYNC-BEGIN") this.#block = new SyncBlock(row, this.#options.symbol);
    else if (row.event === "SYNC-END") this.#endBlock(row);
    else if (row.event === "ALIVE") this.#compare(row);
    else if (this.#block !== null) this.#block.add(row);
    else this.#hear(row);
    return null;
  }

  #hear(row: FillsRow): void {
    const isNews = row.exec === null || !this.#answers.knows(row.exec);
    this.#answers.hear(row);
    const execution = executionOf(row, this.#options.symbol);
    if (execution !== null && isNews && this.#lots !== null) this.#lots += signedLots(execution);
    // Somebody else traded this account: the whole of it is told again.
    if (execution !== null && execution.order === null) this.#link.refresh("foreign-fill");
    else if (isNews) this.#compare(row);
  }

  /** Its position, as the study tells it, must be what its own fills make. */
  #compare(row: FillsRow): void {
    if (row.positionAfter === null || this.#lots === null || row.positionAfter === this.#lots)
      return;
    this.#lots = null;
    this.#link.refresh("position-differs");
  }

  #endBlock(end: FillsRow): void {
    const block = this.#block;
    this.#block = null;
    if (block === null || !block.isWhole(end)) {
      this.#link.doubt("sync-torn");
      this.#link.askAgain();
      return;
    }
    if (!this.#link.isAnswer(end.cmdSeq ?? 0)) {
      this.#answers.late(block);
      return;
    }
    // What happened before is told before what it came to.
    this.#answers.overdue(end);
    this.#tell(this.#options.wallUs());
    this.#hearing = true;
    const definite = this.#answers.settle(block, end);
    this.#lots = block.lots;
    this.#link.synced();
    const snapshot = block.snapshot(this.#options.account.name, definite);
    this.#queue.push({ kind: "snapshot", tsUs: timeUs(0), snapshot });
  }
}

function openOrderOf({ cmdSeq, order, qty, expiresUs }: OpenOrder): OpenOrder {
  return { cmdSeq, order, qty, expiresUs };
}
