import type { LinkEvent, VenueOrder } from "@believe/shared/trade";
import type { ConnectionState, ResumeState } from "./resume-state.ts";

/** The venue as far as it is reachable: its link, the orders there that are not ours, and the watchdogs that bark. */
export class Connection {
  #link: ConnectionState["link"];
  #synced: boolean;
  readonly #foreign: Map<string, VenueOrder>;
  readonly #barking: Set<string>;

  constructor({ venue, connection }: ResumeState) {
    this.#link = connection?.link ?? (venue.keepsOrders ? "down" : "ready");
    this.#synced = connection?.synced ?? !venue.keepsOrders;
    this.#foreign = new Map(connection?.foreign.map((order) => [order.ref, order]));
    this.#barking = new Set(connection?.barking);
  }

  /** Whether the venue can be asked for anything: the link says so and its state was compared on it. */
  get isReady(): boolean {
    return this.#link === "ready" && this.#synced;
  }

  onLink({ state }: LinkEvent): void {
    this.#link = state;
    if (state !== "ready") this.#synced = false;
  }

  onSnapshot(foreign: readonly VenueOrder[]): void {
    this.#synced = true;
    this.#foreign.clear();
    for (const order of foreign) this.#foreign.set(order.ref, order);
  }

  onForeign(order: VenueOrder): void {
    if (order.state === "working") this.#foreign.set(order.ref, order);
    else this.#foreign.delete(order.ref);
  }

  /** Takes a watchdog's verdict; says whether it is news. */
  onWatch(dog: string, barking: boolean): boolean {
    if (barking === this.#barking.has(dog)) return false;
    if (barking) this.#barking.add(dog);
    else this.#barking.delete(dog);
    return true;
  }

  get barking(): readonly string[] {
    return [...this.#barking].sort();
  }

  get foreign(): readonly VenueOrder[] {
    return [...this.#foreign.values()];
  }

  /** Lots by which foreign orders in `symbol` could move the account's position, at worst. */
  foreignLots(symbol: string): number {
    const open = { buy: 0, sell: 0 };
    for (const order of this.#foreign.values()) {
      if (order.symbol === symbol) open[order.side] += Math.max(0, order.qty - order.filled);
    }
    return Math.max(open.buy, open.sell);
  }

  state(): ConnectionState {
    return {
      link: this.#link,
      synced: this.#synced,
      foreign: [...this.foreign],
      barking: [...this.barking],
    };
  }
}
