import { SECOND_US, type TimeUs, timeUs } from "@believe/shared/base";
import type { TimedMarketEvent } from "@believe/shared/market";
import type {
  LinkEvent,
  TradeCapabilities,
  TradeProvider,
  VenueEvent,
} from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";

type Intent = Body<"intent">;

export interface BridgeOptions {
  readonly provider: TradeProvider;
  /** Whether the kill latch is set: asked anew before every order. */
  readonly killed: () => boolean;
  /** Longest wait for any word on a request before the link counts as dead. */
  readonly answerWithinUs?: number;
}

/** What the link to the venue is now. */
export interface LinkState {
  readonly state: LinkEvent["state"];
  readonly reason: string | null;
}

const ANSWER_WITHIN_US = 10 * SECOND_US;

/**
 * The gate between the journal and one provider. What is handed to it is journaled already. An order leaves only over
 * a link that is ready on this connection, before its deadline, and not while the kill latch is set; one that may not
 * leave is answered at once as never sent, and is forgotten here: nothing is ever sent later. Cancels and moves over a
 * link that is not ready are dropped without an answer: the snapshot of the next connection speaks for their orders.
 */
export class Bridge {
  readonly #options: Required<BridgeOptions>;
  /** Words of our own, ahead of the venue's. */
  readonly #own: VenueEvent[] = [];
  /** When each request that has not been answered was sent, by order. */
  readonly #waiting = new Map<string, number>();
  #link: LinkState;

  constructor(options: BridgeOptions) {
    this.#options = { answerWithinUs: ANSWER_WITHIN_US, ...options };
    // A venue inside our process is always there; any other one proves itself on its connection.
    const { keepsOrders } = options.provider.capabilities;
    this.#link = { state: keepsOrders ? "down" : "ready", reason: null };
  }

  get capabilities(): TradeCapabilities {
    return this.#options.provider.capabilities;
  }

  get link(): LinkState {
    return this.#link;
  }

  /** Sends a journaled intent, or answers it as never sent. */
  submit(intent: Intent, tsUs: TimeUs): void {
    const isNewOrder = intent.action !== "cancel" && intent.action !== "move";
    const refusal = isNewOrder ? this.#refusal(intent, tsUs) : null;
    if (refusal !== null) {
      const { order, symbol } = intent;
      this.#own.push({ kind: "absent", tsUs, order, symbol, reason: refusal });
      return;
    }
    if (this.#link.state !== "ready") return;
    if (!this.#waiting.has(intent.order)) this.#waiting.set(intent.order, tsUs);
    this.#options.provider.submit(intent, tsUs);
  }

  /** The next word whose time has come: our own first, then the venue's. */
  due(tsUs: TimeUs): VenueEvent | null {
    const own = this.#own.shift();
    if (own !== undefined) return { ...own, tsUs };
    const word = this.#options.provider.due(tsUs);
    if (word !== null) {
      this.#hear(word);
      return word;
    }
    return this.#silence(tsUs);
  }

  onMarket(event: TimedMarketEvent): readonly VenueEvent[] {
    const words = this.#options.provider.onMarket(event);
    for (const word of words) this.#hear(word);
    return words;
  }

  /** Why a new order may not leave now, null when it may. */
  #refusal({ action, expiresUs }: Intent, tsUs: TimeUs): string | null {
    if (this.#link.state !== "ready") return "not-ready";
    if (expiresUs !== undefined && tsUs > expiresUs) return "past-deadline";
    // A way out stays open: the kill itself may have asked for it.
    if (action !== "exit" && this.#options.killed()) return "killed";
    return null;
  }

  #hear(word: VenueEvent): void {
    switch (word.kind) {
      case "link":
        this.#link = { state: word.state, reason: word.reason };
        if (word.state !== "ready") this.#waiting.clear();
        return;
      case "snapshot":
      case "foreign":
        return;
      default:
        this.#waiting.delete(word.order);
    }
  }

  /** A venue that owes an answer for too long is not there: its link is declared down, and it is asked for everything. */
  #silence(tsUs: TimeUs): VenueEvent | null {
    const { answerWithinUs, provider } = this.#options;
    if (!provider.capabilities.keepsOrders || this.#link.state !== "ready") return null;
    for (const sentUs of this.#waiting.values()) {
      if (tsUs - sentUs <= answerWithinUs) continue;
      const reason = "no-answer";
      const down: LinkEvent = {
        kind: "link",
        tsUs: timeUs(tsUs),
        venue: provider.capabilities.name,
        state: "down",
        reason,
      };
      this.#hear(down);
      provider.resync?.(tsUs);
      return down;
    }
    return null;
  }
}
