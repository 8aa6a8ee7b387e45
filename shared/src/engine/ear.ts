import {
  type Correction,
  type Execution,
  type OrderWord,
  parentOf,
  type WorkingOrder,
} from "@believe/shared/trade";
import type { Records } from "./records.ts";

/** What a word of the venue moves us to do. */
export interface Reactions {
  /** Begins to leave the position. */
  leave(reason: string): void;
  /** The position is flat. */
  flat(): void;
  /** An order of this role was refused or never came to be: it is not asked for again before the next bar. */
  hold(role: WorkingOrder["role"]): void;
  exitRejected(): void;
}

type Outcome = Exclude<OrderWord, Execution | Correction>;

/**
 * Takes the venue's words on our orders into the record. A word may come twice, late, or in another order: an order
 * that ended absorbs it, an execution counts once at its highest revision, whatever its order has come to. A word on
 * an order that we do not have ends new entries.
 */
export class Ear {
  readonly #records: Records;
  readonly #react: Reactions;
  readonly #keepsOrders: boolean;

  constructor(records: Records, react: Reactions, options: { readonly keepsOrders: boolean }) {
    this.#records = records;
    this.#react = react;
    this.#keepsOrders = options.keepsOrders;
  }

  hear(word: OrderWord): void {
    this.#bringToLife(word.order);
    switch (word.kind) {
      case "execution":
        this.#onExecution(word);
        return;
      case "correction":
        this.#onCorrection(word);
        return;
      default:
        if (this.#records.holdings.orderOf(word.order)) this.#onOutcome(word);
        else this.#records.halt("unknown-order");
    }
  }

  /** A child that the venue speaks of proves that it has the entry, whose own word may still be on its way. */
  #bringToLife(order: string): void {
    const { holdings } = this.#records;
    const parent = parentOf(order);
    if (parent === null || holdings.orderOf(order) !== null) return;
    const entry = holdings.orderOf(parent);
    if (!entry?.attach) return;
    const isLive = holdings.orders.has(parent);
    if (isLive && entry.state === "working") return;
    // Of an entry that is over for us the child alone is left.
    const outcome = { order: isLive ? parent : order, intent: entry.intent, reason: null };
    this.#records.outcome({ ...outcome, state: "acknowledged" });
  }

  #onExecution(word: Execution, revision?: number): void {
    const { holdings, nowUs } = this.#records;
    const { exec, order, symbol, side, qty, venue } = word;
    const live = holdings.orders.get(order);
    if (holdings.knows(exec)) {
      // Its bust came first: only now it is known how much of the order is done.
      const isBusted = revision === undefined && (holdings.revisionOf(exec) ?? 0) > 0;
      if (live && isBusted && live.filled + qty >= live.qty) {
        const outcome = { order, intent: live.intent, reason: "execution-corrected" };
        this.#records.outcome({ ...outcome, state: "filled" });
      }
      return;
    }
    if (holdings.orderOf(order) === null || qty === 0) {
      this.#records.halt("unknown-order");
      return;
    }
    const price = this.#records.price(word.price);
    const body = { exec, order, symbol, atUs: nowUs, side, qty, price, venue };
    const revised = revision === undefined ? {} : { revision };
    this.#records.settle({ stream: "execution", body: { ...body, ...revised } });
    this.#stand(live === undefined ? "late-fill" : "unintended-position");
  }

  #onCorrection(word: Correction): void {
    const { holdings, nowUs } = this.#records;
    const { revision, qty } = word;
    const known = holdings.revisionOf(word.exec);
    if (known !== null && revision <= known) return;
    if (known === null && qty > 0) {
      this.#onExecution({ ...word, kind: "execution" }, revision);
      return;
    }
    if (known === null && holdings.orderOf(word.order) === null) {
      this.#records.halt("unknown-order");
      return;
    }
    const reason = qty === 0 ? "bust" : "corrected";
    const body = holdings.correctionOf(word, { atUs: nowUs, reason });
    this.#records.settle({ stream: "correction", body });
    // A bust that comes before its execution does not say how much of the order is done.
    const live = known === null ? this.#records.holdings.orders.get(word.order) : undefined;
    if (live) this.#say(live, "unknown", "executions-missing");
    if (body.lotsBefore !== body.lotsAfter) this.#records.halt("execution-corrected");
    this.#stand("unintended-position");
  }

  /** What the position calls for after it changed. */
  #stand(unintended: string): void {
    const { holdings } = this.#records;
    if (holdings.net === 0) this.#react.flat();
    else if (holdings.trade?.intended === false) {
      this.#records.halt(unintended);
      this.#react.leave(unintended);
    }
  }

  #onOutcome(word: Outcome): void {
    const { holdings } = this.#records;
    const live = holdings.orders.get(word.order) ?? null;
    const { order } = word;
    switch (word.kind) {
      case "acknowledged":
        if (live && live.state !== "working") this.#say(live, "acknowledged", null);
        return;
      case "moved": {
        const intent = holdings.asking(order, "move");
        // An older answer told twice names another price.
        const isAnswer = !live?.move || word.stop === null || word.stop === live.move.stop;
        if (intent !== null && isAnswer) {
          this.#records.outcome({ order, intent, state: "moved", reason: null });
        }
        return;
      }
      case "cancelled": {
        const intent = holdings.asking(order, "cancel");
        const answered = intent ?? live?.intent;
        if (answered === undefined) return;
        const reason = intent === null ? "by-venue" : null;
        this.#records.outcome({ order, intent: answered, state: "cancelled", reason });
        return;
      }
      case "cancel-rejected":
        this.#onCancelRejected(word, live);
        return;
      case "rejected":
        if (!live) return;
        this.#say(live, "rejected", word.reason);
        this.#onRejected(live);
        return;
      case "absent":
        if (!live) return;
        this.#say(live, "expired", word.reason);
        this.#react.hold(live.role);
    }
  }

  #say(
    live: WorkingOrder,
    state: "acknowledged" | "rejected" | "expired" | "unknown",
    reason: string | null,
  ): void {
    this.#records.outcome({ order: live.order, intent: live.intent, state, reason });
  }

  #onCancelRejected(
    { order, request, reason }: Extract<Outcome, { kind: "cancel-rejected" }>,
    live: WorkingOrder | null,
  ): void {
    const intent = this.#records.holdings.asking(order, request);
    if (intent === null) return;
    this.#records.outcome({ order, intent, state: "rejected", reason });
    if (reason !== "not-at-venue" || !live) return;
    this.#records.halt("unknown-order");
    // A venue that keeps orders may say so of one that it has not seen yet: only a full look ends the doubt.
    if (!this.#keepsOrders) this.#say(live, "expired", reason);
    else if (live.state !== "unknown") this.#say(live, "unknown", reason);
  }

  #onRejected({ role }: WorkingOrder): void {
    if (role === "stop") {
      this.#records.halt("protect-rejected");
      this.#react.hold("stop");
      this.#react.leave("protect-rejected");
    } else if (role === "exit") {
      this.#records.halt("exit-rejected");
      this.#react.hold("exit");
      this.#react.exitRejected();
    }
  }
}
