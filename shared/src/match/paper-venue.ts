import { invariant, qty, seededRng, type TimeUs, timeUs } from "@believe/shared/base";
import type { Instrument, TimedMarketEvent } from "@believe/shared/market";
import { parsePrice } from "@believe/shared/market";
import {
  roleOf,
  type TradeCapabilities,
  type TradeProvider,
  type VenueEvent,
  type WorkingOrder,
  workingOrderOf,
} from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";
import { DARK, farSide, fillPrice, offered, type Sight, sightOf } from "./fill-price.ts";

const LOTS_MAX = 100;

export interface PaperVenueOptions {
  readonly instruments: readonly Instrument[];
  /** From submit to the venue; its answer comes at that instant. */
  readonly latencyUs: number;
  /** Extra delay of each request, uniform in 0…jitterUs, a pure function of seed and intent. */
  readonly jitterUs?: number;
  readonly slippageTicks: number;
  readonly qtyMax?: number;
  /** An order takes at most what one event offers; the rest waits for the next. Without it an order fills whole. */
  readonly partialFills?: boolean;
  readonly seed: string;
  readonly name?: string;
}

/** Of the paper venue as an estate uses it. */
export const paperCapabilities: TradeCapabilities = {
  name: "paper",
  status: "works",
  orderTypes: ["MKT", "LMT", "STP"],
  timesInForce: ["gtc"],
  restsStops: true,
  attaches: { stop: false, target: false },
  oca: false,
  modifies: true,
  cancels: true,
  globalCancel: false,
  account: "paper",
  lotsMax: LOTS_MAX,
  partialFills: false,
  keepsOrders: false,
  sharesAccount: false,
};

interface Request {
  readonly dueUs: number;
  readonly n: number;
  readonly intent: Body<"intent">;
}

/**
 * A venue without a counterparty: a pure function of what was submitted and of the market. It keeps no state that
 * the journal does not give back (`restore`), and numbers executions from the order's own id, so that a rebuilt
 * venue can only tell the same execution again.
 */
export class PaperVenue implements TradeProvider {
  readonly capabilities: TradeCapabilities;
  readonly #options: Required<PaperVenueOptions>;
  readonly #instruments: ReadonlyMap<string, Instrument>;
  readonly #orders = new Map<string, WorkingOrder>();
  readonly #sights = new Map<string, Sight>();
  #requests: Request[] = [];
  #submitted = 0;
  #nowUs = 0;

  constructor(options: PaperVenueOptions) {
    const usual = { jitterUs: 0, qtyMax: LOTS_MAX, partialFills: false, name: "paper" };
    this.#options = { ...usual, ...options };
    const { name, qtyMax: lotsMax, partialFills } = this.#options;
    this.capabilities = { ...paperCapabilities, name, lotsMax, partialFills };
    invariant(
      options.latencyUs >= 0 && options.slippageTicks >= 0 && this.#options.jitterUs >= 0,
      "latency, jitter and slippage of a venue are not negative",
    );
    this.#instruments = new Map(options.instruments.map((item) => [item.symbol, item]));
  }

  /** Orders that rest or work here. */
  get resting(): number {
    return this.#orders.size;
  }

  /** Takes back the acknowledged orders that the journal knows. Before the first event only. */
  restore(orders: Iterable<WorkingOrder>): void {
    for (const order of orders) {
      invariant(order.state === "working", "only an acknowledged order is restored");
      this.#orders.set(order.order, { ...order, move: null, cancel: null });
    }
  }

  /** Takes a journaled intent at `tsUs`. Its answer comes later, through `due` or `onMarket`. */
  submit(intent: Body<"intent">, tsUs: TimeUs): void {
    const { latencyUs, jitterUs, seed } = this.#options;
    const jitter = jitterUs === 0 ? 0 : seededRng(`${seed}/${intent.intent}`).below(jitterUs + 1);
    const request = { dueUs: tsUs + latencyUs + jitter, n: this.#submitted++, intent };
    this.#requests.push(request);
    this.#requests.sort((a, b) => a.dueUs - b.dueUs || a.n - b.n);
  }

  /** The next answer whose time has come by `tsUs`, one at a time: what it causes to be submitted may be due too. */
  due(tsUs: TimeUs): VenueEvent | null {
    while (this.#requests[0] && this.#requests[0].dueUs <= tsUs) {
      const request = this.#requests.shift();
      if (!request) break;
      this.#nowUs = Math.max(this.#nowUs, request.dueUs);
      const answer = this.#answer(request.intent, timeUs(this.#nowUs));
      if (answer) return answer;
    }
    return null;
  }

  /** What the market event brings: first every answer due by then, then the executions. */
  onMarket(event: TimedMarketEvent): VenueEvent[] {
    const out: VenueEvent[] = [];
    for (let answer = this.due(event.tsUs); answer; answer = this.due(event.tsUs)) out.push(answer);
    this.#nowUs = Math.max(this.#nowUs, event.tsUs);
    if (event.kind === "gap") {
      this.#sights.delete(event.symbol);
      return out;
    }
    const sight = sightOf(event);
    this.#sights.set(event.symbol, sight);
    if (this.#orders.size === 0) return out;
    for (const order of [...this.#orders.values()]) {
      if (order.symbol !== event.symbol) continue;
      const price = fillPrice(order, sight, this.#options.slippageTicks);
      const left = order.qty - order.filled;
      const lots = this.#options.partialFills ? Math.min(left, offered(order.side, sight)) : left;
      if (price === null || lots === 0) continue;
      out.push({
        kind: "execution",
        tsUs: timeUs(this.#nowUs),
        order: order.order,
        symbol: order.symbol,
        exec: `${order.order}.${order.executions + 1}`,
        side: order.side,
        qty: qty(lots),
        price,
        venue: this.#options.name,
      });
      order.filled = qty(order.filled + lots);
      order.executions++;
      if (lots === left) this.#orders.delete(order.order);
    }
    return out;
  }

  #answer(intent: Body<"intent">, tsUs: TimeUs): VenueEvent {
    const of = { tsUs, order: intent.order, symbol: intent.symbol };
    switch (intent.action) {
      case "cancel":
        return this.#orders.delete(intent.order)
          ? { kind: "cancelled", ...of }
          : { kind: "cancel-rejected", request: "cancel", reason: "too-late", ...of };
      case "move":
        return this.#move(intent, of);
      case "enter":
      case "protect":
      case "exit":
        return this.#accept(intent, intent.action, of);
    }
  }

  #move(
    intent: Body<"intent">,
    of: { readonly tsUs: TimeUs; readonly order: string; readonly symbol: string },
  ): VenueEvent {
    const order = this.#orders.get(intent.order);
    const instrument = this.#instruments.get(intent.symbol);
    // Less than what is done already is a move that came too late.
    if (!order || !instrument || (intent.qty !== null && intent.qty <= order.filled)) {
      return { kind: "cancel-rejected", request: "move", reason: "too-late", ...of };
    }
    if (intent.stop !== null) order.stop = parsePrice(instrument, intent.stop);
    if (intent.price !== null) order.price = parsePrice(instrument, intent.price);
    if (intent.qty !== null) order.qty = qty(intent.qty);
    return { kind: "moved", price: order.price, stop: order.stop, ...of };
  }

  #accept(
    intent: Body<"intent">,
    action: "enter" | "protect" | "exit",
    of: { readonly tsUs: TimeUs; readonly order: string; readonly symbol: string },
  ): VenueEvent {
    const instrument = this.#instruments.get(intent.symbol);
    if (!instrument) return { kind: "rejected", reason: "unknown-symbol", ...of };
    invariant(!this.#orders.has(intent.order), "an order id is used once");
    if (intent.expiresUs !== undefined && intent.expiresUs < of.tsUs) {
      return { kind: "rejected", reason: "expired", ...of };
    }
    const order = workingOrderOf(instrument, intent, roleOf(action));
    if (order.qty < 1 || order.qty > this.#options.qtyMax) {
      return { kind: "rejected", reason: "order-too-large", ...of };
    }
    if (order.type === "STP LMT" || order.type === "TRAIL") {
      return { kind: "rejected", reason: "order-type", ...of };
    }
    const sight = this.#sights.get(intent.symbol) ?? DARK;
    // An exit or a stop waits for the next quote: refusing it would leave a position alone in the dark.
    if (action === "enter" && order.type === "MKT" && farSide(order.side, sight) === null) {
      return { kind: "rejected", reason: "no-quote", ...of };
    }
    order.state = "working";
    this.#orders.set(order.order, order);
    return { kind: "acknowledged", ...of };
  }
}

export function createPaperVenue(options: PaperVenueOptions): PaperVenue {
  return new PaperVenue(options);
}
