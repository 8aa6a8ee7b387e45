import type { VenueEvent } from "@believe/shared/trade";

export type Known =
  | "asked"
  | "working"
  | "filled"
  | "cancelled"
  | "rejected"
  | "absent"
  | "unknown";

/** What a listener makes of a provider's words: the least that a ledger must be able to conclude. */
export class AccountView {
  readonly orders = new Map<string, Known>();
  /** Lots by execution id. */
  readonly executions = new Map<string, { readonly order: string; readonly lots: number }>();
  link = "";
  wasDown = false;
  /** A snapshot came since the link was last told to be anything but ready. */
  #isFresh = true;

  asked(order: string): void {
    this.orders.set(order, "asked");
  }

  hear(words: readonly VenueEvent[]): void {
    for (const word of words) this.#take(word);
  }

  /** Lots done of one order, each execution once. */
  lots(order: string): number {
    const own = [...this.executions.values()].filter((execution) => execution.order === order);
    return own.reduce((sum, { lots }) => sum + lots, 0);
  }

  #take(word: VenueEvent): void {
    switch (word.kind) {
      case "link":
        this.link = word.state;
        this.wasDown ||= word.state === "down";
        if (word.state === "ready" && !this.#isFresh) throw new Error("ready without a snapshot");
        this.#isFresh &&= word.state === "ready";
        return;
      case "snapshot":
        this.#isFresh = true;
        this.#look(word.snapshot);
        return;
      case "execution":
        this.executions.set(word.exec, { order: word.order, lots: word.qty });
        return;
      case "acknowledged":
        this.orders.set(word.order, "working");
        return;
      case "cancelled":
      case "rejected":
      case "absent":
        this.orders.set(word.order, word.kind);
        return;
      case "moved":
      case "cancel-rejected":
      case "correction":
      case "foreign":
        return;
    }
  }

  #look(snapshot: Extract<VenueEvent, { kind: "snapshot" }>["snapshot"]): void {
    const listed = [...snapshot.orders, ...snapshot.done];
    for (const { exec, order, qty } of snapshot.executions) {
      if (order !== null) this.executions.set(exec, { order, lots: qty });
    }
    for (const [order, known] of this.orders) {
      const found = listed.find((one) => one.order === order);
      if (found !== undefined) this.orders.set(order, found.state);
      else if (known === "asked" || known === "working" || known === "unknown") {
        this.orders.set(order, snapshot.definite ? "absent" : "unknown");
      }
    }
  }
}
