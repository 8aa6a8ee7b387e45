import { instrumentOf, isOnTick } from "@believe/shared/market";
import type { Command } from "@believe/shared/wire";
import type { KillLatch } from "../latch/index.ts";
import type { Journal } from "../record/journal.ts";
import type { TradingLoop } from "../trading-loop.ts";

/** What became of a person's act: the number of its record, or why it was not taken. */
export type Taken =
  | { readonly ok: true; readonly seq: number }
  | { readonly ok: false; readonly reason: string };

export interface HandOptions {
  readonly loop: Pick<TradingLoop, "onCommand" | "holdings" | "status">;
  readonly journal: Pick<Journal, "nextSeq">;
  readonly latch: KillLatch;
  readonly symbol: string;
}

/**
 * A person's hand on the running agent, by whichever way it reaches it. The kill switch is the file first: it stops
 * every send before the journal knows of it, and whoever set it, the journal follows.
 */
export class Hand {
  readonly #options: HandOptions;
  /** The kill that the file last told of: whoever made the file and asks us too, is answered with its record. */
  #ofFile: { readonly seq: number; readonly reason: string; readonly flatten: boolean } | null =
    null;

  constructor(options: HandOptions) {
    this.#options = options;
  }

  /** Takes an act, journaled before any effect; refuses one that could have none. */
  take(act: Command): Taken {
    const { latch } = this.#options;
    if (act.kind === "kill") {
      latch.set(act.reason, act.flatten);
      const { reason, flatten, seq = 0 } = this.#ofFile ?? {};
      if (reason === act.reason && flatten === act.flatten) return { ok: true, seq };
    }
    const reason = this.#refusal(act);
    if (reason !== null) return { ok: false, reason };
    const seq = this.#journaled(act);
    if (act.kind !== "unkill") return { ok: true, seq };
    this.#ofFile = null;
    try {
      latch.clear();
    } catch (cause) {
      // What cannot be removed goes on to kill: the next look journals it again.
      return { ok: false, reason: `expected to remove the kill file, was ${String(cause)}` };
    }
    return { ok: true, seq };
  }

  /** Brings the journal to where the kill file is: set, or released while no agent ran. */
  look(): void {
    const { latch, loop } = this.#options;
    const killed = loop.holdings?.latches.killed ?? null;
    if (latch.isSet) {
      const { flattens: flatten, reason } = latch;
      if (killed !== null && (killed.flatten || !flatten)) return;
      latch.settle();
      const seq = this.#journaled({ kind: "kill", flatten, by: "file", reason });
      this.#ofFile = { seq, reason, flatten };
      return;
    }
    this.#ofFile = null;
    const released = latch.released;
    if (released === null) return;
    if (killed !== null) this.#journaled({ kind: "unkill", by: "file", reason: released });
    latch.settle();
  }

  #journaled(act: Command): number {
    const { journal, loop } = this.#options;
    const seq = journal.nextSeq;
    loop.onCommand(act);
    return seq;
  }

  /** Why an act would change nothing, or not what it says; null for one that is taken. */
  #refusal(act: Command): string | null {
    const { loop, latch } = this.#options;
    const { holdings } = loop;
    if (holdings === null) return "expected an agent that has begun, was one that begins";
    switch (act.kind) {
      case "unkill":
        return holdings.latches.killed === null && !latch.isSet
          ? "expected the kill latch to be set, was not"
          : null;
      case "cancel":
        return holdings.orders.has(act.order)
          ? null
          : `expected an order of ours that is alive, was ${act.order}`;
      case "adopt":
        return this.#adoptionRefusal(act);
      case "arm":
        return this.#armingRefusal(act.tradeDate);
      case "kill":
      case "close-only":
      case "flatten":
      case "resume":
      case "disarm":
        return null;
    }
  }

  #adoptionRefusal({ symbol, price }: Extract<Command, { kind: "adopt" }>): string | null {
    if (symbol !== this.#options.symbol) return `expected ${this.#options.symbol}, was ${symbol}`;
    if (isOnTick(instrumentOf(symbol), price)) return null;
    return `expected a price on the tick of ${symbol}, was ${price}`;
  }

  /** A date that is over arms nothing, and one that is far off was mistyped. */
  #armingRefusal(tradeDate: string): string | null {
    const session = this.#options.loop.status()?.session;
    if (session === undefined || tradeDate >= session.tradeDate) return null;
    return `expected ${session.tradeDate} or a later trade date, was ${tradeDate}`;
  }
}
