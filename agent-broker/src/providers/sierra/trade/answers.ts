import { DAY_US, SECOND_US, type TimeUs } from "@believe/shared/base";
import type { VenueEvent } from "@believe/shared/trade";
import type { Action, WrittenCommand } from "./command-row.ts";
import type { FillsRow } from "./fills-row.ts";
import {
  absentWord,
  executionOf,
  executionWord,
  orderWord,
  reasonOf,
  refusedWord,
  venueOrderOf,
} from "./order-words.ts";
import { Recent } from "./recent.ts";
import type { SyncBlock } from "./sync-block.ts";
import type { OpenOrder } from "./trade-state.ts";

/** A command that the study has taken is answered by then. */
const ANSWER_US = 8 * SECOND_US;

/** An order that no snapshot lists is spoken of this long. */
const FORGOTTEN_US = 7 * DAY_US;

interface Pending {
  readonly cmdSeq: number;
  readonly action: Action;
  readonly order: string;
  readonly expiresUs: TimeUs;
  readonly sentUs: TimeUs;
}

/** Where what is heard goes. */
export interface Ear {
  word(word: VenueEvent): void;
  doubt(reason: string): void;
}

/** Matches the study's rows with what was asked, and knows which of our orders are not finished. */
export class Answers {
  readonly #symbol: string;
  readonly #ear: Ear;
  readonly #pending = new Map<number, Pending>();
  readonly #open: Map<string, OpenOrder>;
  /** Prices as the study told them: a change that nobody asked for shows. */
  readonly #prices = new Map<string, number | null>();
  readonly #told = new Recent();

  constructor(symbol: string, open: readonly OpenOrder[], ear: Ear) {
    this.#symbol = symbol;
    this.#ear = ear;
    this.#open = new Map(open.map((order) => [order.order, order]));
  }

  get open(): readonly OpenOrder[] {
    return [...this.#open.values()];
  }

  knows(exec: string): boolean {
    return this.#told.has(`exec/${exec}`);
  }

  sent(command: WrittenCommand, sentUs: TimeUs): void {
    const { cmdSeq, action, order, expiresUs } = command;
    this.#pending.set(cmdSeq, { cmdSeq, action, order, expiresUs, sentUs });
    if (action === "NEW") this.#open.set(order, { cmdSeq, order, qty: command.qty, expiresUs });
  }

  /** A row outside of a SYNC block that speaks of an order. */
  hear(row: FillsRow): void {
    const { order } = row;
    if (row.event === "FILL") this.#fill(row);
    else if (row.event === "REJECT") this.#reject(row);
    else if (order === null) this.#foreign(row);
    else if (row.event === "MODIFY") this.#modified({ ...row, order });
    else if (row.event === "ACK") this.#acknowledged({ ...row, order });
    else if (row.event === "CANCEL") this.#cancelled({ ...row, order });
  }

  #foreign(row: FillsRow): void {
    const order = venueOrderOf(row, this.#symbol);
    if (order !== null) this.#ear.word({ kind: "foreign", tsUs: row.stampUs, order });
  }

  #acknowledged(row: FillsRow & { readonly order: string }): void {
    this.#settle("NEW", row.order);
    this.#know(row);
    this.#tell("ack", row);
  }

  #modified(row: FillsRow & { readonly order: string }): void {
    const asked = row.cmdSeq === null ? undefined : this.#pending.get(row.cmdSeq);
    const before = this.#prices.get(row.order);
    this.#know(row);
    if (asked?.action === "MODIFY" && asked.order === row.order) {
      this.#pending.delete(asked.cmdSeq);
      this.#tell(`modify-${asked.cmdSeq}`, row);
      return;
    }
    // The venue sizes a child to the position by itself; whoever moves its price is not us.
    if (before !== row.price) this.#ear.doubt("order-changed-by-venue");
  }

  #cancelled(row: FillsRow & { readonly order: string }): void {
    this.#settle("CANCEL", row.order);
    this.#settle("NEW", row.order);
    this.#finish(row.order);
    this.#tell("end", row);
  }

  #fill(row: FillsRow): void {
    const execution = executionOf(row, this.#symbol);
    if (execution === null || !this.#told.add(`exec/${execution.exec}`)) return;
    const { order } = execution;
    if (order === null) return;
    this.#settle("NEW", order);
    this.#ear.word(executionWord({ ...execution, order }));
    const open = this.#open.get(order);
    if (open !== undefined && (row.filledTotal ?? 0) >= open.qty) this.#finish(order);
  }

  #reject(row: FillsRow): void {
    const asked = row.cmdSeq === null ? undefined : this.#pending.get(row.cmdSeq);
    const ours = asked !== undefined && (row.order === null || row.order === asked.order);
    if (ours) this.#pending.delete(asked.cmdSeq);
    if (ours && asked.action !== "NEW") {
      if (asked.action !== "SYNC") this.#refused(asked, row);
      return;
    }
    const order = ours ? asked.order : row.order;
    if (order === null) {
      this.#ear.doubt("command-unreadable");
      return;
    }
    if (this.#told.has(`end/${order}`)) return;
    const open = this.#open.get(order);
    if (open === undefined) {
      this.#ear.doubt("answer-unmatched");
      return;
    }
    // The refusal of a cancel or a move that was given up: a snapshot has said, or will say, how the order stands.
    if (row.cmdSeq !== null && row.cmdSeq !== open.cmdSeq) return;
    this.#finish(order);
    const { reason } = row;
    if (reason !== "expired") this.#tell("end", { ...row, order });
    else if (this.#told.add(`end/${order}`)) this.#absent(order, "expired");
  }

  #refused(asked: Pending, row: FillsRow): void {
    const reason = reasonOf(row);
    const request = asked.action === "CANCEL" ? "cancel" : "move";
    const of = { order: asked.order, symbol: this.#symbol };
    if (reason === "too-late") this.#ear.word(refusedWord(request, of, "too-late"));
    else if (reason === "unknown-order") this.#ear.word(refusedWord(request, of, "not-at-venue"));
    // The order still stands as it stood; what was asked was not done, and only a snapshot can say so.
    else this.#ear.doubt("command-refused");
  }

  /** What an ALIVE row, with the number of the last command taken, says of what is still unanswered. */
  overdue(alive: FillsRow): void {
    const taken = alive.cmdSeq ?? 0;
    for (const asked of [...this.#pending.values()]) {
      const unseen = asked.cmdSeq > taken && alive.stampUs > asked.expiresUs;
      const unanswered = asked.cmdSeq <= taken && alive.stampUs - asked.sentUs > ANSWER_US;
      if (!unseen && !unanswered) continue;
      this.#pending.delete(asked.cmdSeq);
      if (asked.action === "SYNC") continue;
      // A command that the study has not taken by its deadline is one that it will refuse.
      if (unseen && asked.action === "NEW") this.#prove(asked.order);
      else this.#ear.doubt(unseen ? "command-expired" : "command-unanswered");
    }
  }

  /** Takes a block's word for everything; true when whatever it does not list is proved not to be. */
  settle(block: SyncBlock, end: FillsRow): boolean {
    const listed = new Set<string>();
    for (const { order, state, filled, qty, price, stop } of block.orders) {
      if (order === null) continue;
      listed.add(order);
      this.#told.add(`ack/${order}`);
      this.#prices.set(order, stop ?? price);
      if (state === "working" && filled < qty) {
        const known = this.#open.get(order);
        const open = known ?? { cmdSeq: 0, order, expiresUs: end.stampUs };
        this.#open.set(order, { ...open, qty });
      } else this.#finish(order);
    }
    for (const { exec } of block.executions) this.#told.add(`exec/${exec}`);
    for (const { cmdSeq } of [...this.#pending.values()]) {
      if (cmdSeq <= (end.cmdSeq ?? 0)) this.#pending.delete(cmdSeq);
    }
    const gone = this.open.filter(({ order }) => !listed.has(order));
    for (const { order, expiresUs } of gone) {
      if (end.stampUs - expiresUs > FORGOTTEN_US) this.#finish(order);
    }
    return gone.length === 0;
  }

  /** Executions of a block that answers nobody: they may be told nowhere else. */
  late(block: SyncBlock): void {
    for (const execution of block.executions) {
      const { order, exec } = execution;
      if (order !== null && this.#told.add(`exec/${exec}`)) {
        this.#ear.word(executionWord({ ...execution, order }));
      }
    }
  }

  #know(row: FillsRow & { readonly order: string }): void {
    this.#prices.set(row.order, row.price);
    const { order, qty } = row;
    if (qty === null) return;
    const open = this.#open.get(order);
    this.#open.set(order, {
      ...(open ?? { cmdSeq: row.cmdSeq ?? 0, order, expiresUs: row.stampUs }),
      qty,
    });
  }

  #settle(action: Action, order: string): void {
    for (const asked of [...this.#pending.values()]) {
      if (asked.action === action && asked.order === order) this.#pending.delete(asked.cmdSeq);
    }
  }

  #finish(order: string): void {
    this.#open.delete(order);
    this.#prices.delete(order);
  }

  #prove(order: string): void {
    this.#finish(order);
    if (this.#told.add(`end/${order}`)) this.#absent(order, "expired-unseen");
  }

  #absent(order: string, reason: string): void {
    this.#ear.word(absentWord({ order, symbol: this.#symbol }, reason));
  }

  /** Once for each of what it answers. */
  #tell(what: string, row: FillsRow & { readonly order: string }): void {
    const word = orderWord(row, this.#symbol);
    if (word !== null && this.#told.add(`${what}/${row.order}`)) this.#ear.word(word);
  }
}
