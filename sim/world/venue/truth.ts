import { type PriceTicks, type Qty, qty, type TimeUs } from "@believe/shared/base";
import type { Side } from "@believe/shared/market";
import type { VenueExecution, VenueOrder, VenueSnapshot } from "@believe/shared/trade";

/** An order at the venue. `held` is a child that waits for its parent's first fill. */
export interface TruthOrder {
  readonly order: string | null;
  readonly ref: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: string;
  readonly parent: string | null;
  qty: number;
  filled: number;
  price: PriceTicks | null;
  stop: PriceTicks | null;
  /** After a part was filled: when the market comes for the rest. */
  restUs: number;
  state: "held" | VenueOrder["state"];
}

export type NewOrder = Pick<
  TruthOrder,
  "order" | "symbol" | "side" | "type" | "price" | "stop" | "qty"
> &
  Partial<Pick<TruthOrder, "parent" | "state">>;

const signed = ({ side, qty: size }: { side: Side; qty: number }): number =>
  side === "buy" ? size : -size;

/** What really happened at the venue, whoever was told of it. The checkers compare with this and nothing else. */
export class Truth {
  readonly executions = new Map<string, VenueExecution>();
  /** Working orders and children that wait: all that can still become anything. */
  readonly open = new Set<TruthOrder>();
  readonly #orders: TruthOrder[] = [];
  readonly #ours = new Map<string, TruthOrder>();
  readonly #symbol: string;
  #lots = 0;

  constructor(symbol: string) {
    this.#symbol = symbol;
  }

  /** Every order there ever was. */
  get orders(): readonly TruthOrder[] {
    return this.#orders;
  }

  /** Signed lots of the account: every execution at its highest revision, whoever's order it was. */
  get lots(): number {
    return this.#lots;
  }

  /** Our order of that client id, working or finished. */
  ours(order: string): TruthOrder | undefined {
    return this.#ours.get(order);
  }

  add(given: NewOrder): TruthOrder {
    const ref = `V${this.#orders.length + 1}`;
    const made: TruthOrder = {
      parent: null,
      state: "working",
      ...given,
      ref,
      filled: 0,
      restUs: 0,
    };
    this.#orders.push(made);
    if (given.order !== null) this.#ours.set(given.order, made);
    this.set(made, made.state);
    return made;
  }

  set(order: TruthOrder, state: TruthOrder["state"]): void {
    order.state = state;
    if (state === "working" || state === "held") this.open.add(order);
    else this.open.delete(order);
  }

  execute(order: TruthOrder, size: number, price: PriceTicks, atUs: TimeUs): VenueExecution {
    const execution: VenueExecution = {
      exec: `X${this.executions.size + 1}`,
      revision: 0,
      order: order.order,
      ref: order.ref,
      symbol: order.symbol,
      side: order.side,
      qty: qty(size),
      price,
      atUs,
    };
    order.filled += size;
    if (order.filled >= order.qty && !this.#grows(order)) this.set(order, "filled");
    this.executions.set(execution.exec, execution);
    this.#lots += signed(execution);
    return execution;
  }

  /** A child is as large as what its parent is filled: it is done only when that can grow no more. */
  #grows({ parent }: TruthOrder): boolean {
    const state = parent === null ? undefined : this.#ours.get(parent)?.state;
    return state === "working" || state === "held";
  }

  /** Replaces an execution by a later revision of itself. */
  revise(
    exec: string,
    to: { readonly qty: Qty; readonly price: PriceTicks },
  ): VenueExecution | null {
    const held = this.executions.get(exec);
    if (held === undefined) return null;
    const revised = { ...held, ...to, revision: held.revision + 1 };
    this.executions.set(exec, revised);
    this.#lots += signed(revised) - signed(held);
    return revised;
  }

  snapshot(venue: string, account: string, definite: boolean): VenueSnapshot {
    const told = this.#orders.filter(({ state }) => state !== "held").map(venueOrderOf);
    return {
      venue,
      account,
      orders: told.filter(({ state }) => state === "working"),
      done: told.filter(({ state }) => state !== "working"),
      executions: [...this.executions.values()],
      positions: [{ symbol: this.#symbol, lots: this.#lots }],
      definite,
    };
  }
}

function venueOrderOf({
  state,
  qty: size,
  filled,
  restUs: _rest,
  ...order
}: TruthOrder): VenueOrder {
  return {
    ...order,
    qty: qty(size),
    filled: qty(filled),
    state: state === "held" ? "working" : state,
  };
}
