import { type TimeUs, timeUs } from "@believe/shared/base";
import { opensAtUs, SessionCalendar } from "@believe/shared/market";
import { type Body, type JournalRecord, streams } from "@believe/shared/wire";
import { draftOf } from "./draft-of.ts";

/** An order that works or a trade that is open, and what it belongs to: an order to the trades that it filled. */
interface Link {
  /** When the trade date opens on which it ended; null while it goes on. */
  endsUs: TimeUs | null;
  readonly within: Set<Link>;
}

interface OrderLink extends Link {
  /** The intent that asked for the order: its rejection ends it, that of a move or a cancel does not. */
  readonly intent: string;
}

/** A record that does not open before what it is linked to has ended. */
interface Linked {
  readonly ownUs: TimeUs;
  readonly on: readonly Link[];
}

/**
 * When each record of a live account opens: a fold over its journal in order. A record opens with the trade date of
 * its leaf; what belongs to a working order or an open trade, with the trade date of their end; a stream that never
 * opens, and a redacted record, do not open at all. A due time that has passed never changes, because an end that is
 * added lies on a later trade date than every one that is due: so the opening of a leaf only ever widens.
 */
export class Embargo {
  readonly #calendar = new SessionCalendar();
  readonly #orders = new Map<string, OrderLink>();
  readonly #trades = new Map<string, Link>();
  /** The trade that is open in a symbol. */
  readonly #open = new Map<string, Link>();
  readonly #linked = new Map<number, Linked>();
  readonly #redacted = new Map<number, number>();
  #date: { readonly tradeDate: string; readonly opensUs: TimeUs } | null = null;

  /** When the trade date of a leaf's minute opens. */
  ownDueUs(minuteUs: TimeUs): TimeUs {
    const { tradeDate } = this.#calendar.span(minuteUs).state;
    if (this.#date?.tradeDate !== tradeDate) {
      this.#date = { tradeDate, opensUs: opensAtUs(tradeDate) };
    }
    return this.#date.opensUs;
  }

  /** The next record of the journal, sealed by a leaf of the minute that begins at `minuteUs`. */
  add(record: JournalRecord, minuteUs: TimeUs): void {
    const ownUs = this.ownDueUs(minuteUs);
    const on = this.#linksOf(record, ownUs);
    if (on.length > 0) this.#linked.set(record.seq, { ownUs, on });
  }

  /**
   * When a record that was added opens; null when it never does, or while nobody knows. `minuteUs` is that of its leaf.
   */
  dueUs({ seq, stream }: Pick<JournalRecord, "seq" | "stream">, minuteUs: TimeUs): TimeUs | null {
    if (streams[stream].opens === "never" || this.#redacted.has(seq)) return null;
    const linked = this.#linked.get(seq);
    return linked === undefined ? this.ownDueUs(minuteUs) : dueOf(linked);
  }

  /** Number of the record that redacts `seq`, null where none does. */
  redactedBy(seq: number): number | null {
    return this.#redacted.get(seq) ?? null;
  }

  /** Records that became due after `fromUs` and by `untilUs`, and later than the rest of their leaf; in order. */
  lateBetween(fromUs: TimeUs, untilUs: TimeUs): number[] {
    const late: number[] = [];
    for (const [seq, linked] of this.#linked) {
      const due = dueOf(linked);
      if (due === null || due <= linked.ownUs || this.#redacted.has(seq)) continue;
      if (due > fromUs && due <= untilUs) late.push(seq);
    }
    return late;
  }

  #linksOf(record: JournalRecord, ownUs: TimeUs): readonly Link[] {
    const { stream, body } = draftOf(record);
    switch (stream) {
      case "intent":
        return [this.#intend(body)];
      case "order":
        return this.#outcome(body, ownUs);
      case "execution":
        return this.#execute(body, ownUs);
      case "fill":
        return this.#fill(body, ownUs);
      case "position":
        return this.#stand(body, ownUs);
      case "trade":
        return this.#close(body, ownUs);
      // What the agent said of itself while it held something may tell that it did.
      case "halt":
      case "start":
        return this.#going();
      case "redaction":
        if (!this.#redacted.has(body.seq)) this.#redacted.set(body.seq, record.seq);
        return [];
      default:
        return [];
    }
  }

  #intend({ order, intent, symbol }: Body<"intent">): Link {
    const known = this.#orders.get(order);
    if (known !== undefined) return known;
    const trade = this.#open.get(symbol);
    const link = { endsUs: null, intent, within: new Set(trade === undefined ? [] : [trade]) };
    this.#orders.set(order, link);
    return link;
  }

  /** The link of an order that something happens to. A record of none that we know waits for all that goes on. */
  #happens(order: string, ownUs: TimeUs): OrderLink | null {
    const known = this.#orders.get(order);
    if (known === undefined || known.endsUs === null || known.endsUs >= ownUs) return known ?? null;
    // It ended on an earlier trade date, whose records may be open by now: only what follows is held back.
    const again = { ...known, endsUs: ownUs, within: new Set<Link>() };
    this.#orders.set(order, again);
    return again;
  }

  #execute({ order }: Body<"execution">, ownUs: TimeUs): readonly Link[] {
    const link = this.#happens(order, ownUs);
    return link === null ? this.#going() : [link];
  }

  #outcome({ order, intent, state }: Body<"order">, ownUs: TimeUs): Link[] {
    const link = this.#orders.get(order);
    if (link === undefined) return this.#going();
    const isDone = state === "cancelled" || state === "filled";
    const isRefused = (state === "rejected" || state === "expired") && link.intent === intent;
    if (isDone || isRefused) link.endsUs ??= ownUs;
    return [link];
  }

  #fill({ order, trade, symbol }: Body<"fill">, ownUs: TimeUs): Link[] {
    let found = this.#trades.get(trade);
    // The rest of an entry order may fill after its first part was closed: the trade begins again.
    if (found === undefined || found.endsUs !== null) {
      found = { endsUs: null, within: new Set() };
      this.#trades.set(trade, found);
    }
    this.#open.set(symbol, found);
    const by = this.#happens(order, ownUs);
    by?.within.add(found);
    return by === null ? [found] : [by, found];
  }

  #stand({ symbol, lots }: Body<"position">, ownUs: TimeUs): Link[] {
    const trade = this.#open.get(symbol);
    if (trade === undefined) return [];
    if (lots === 0) {
      trade.endsUs ??= ownUs;
      this.#open.delete(symbol);
    }
    return [trade];
  }

  #close({ trade, symbol }: Body<"trade">, ownUs: TimeUs): Link[] {
    const link = this.#trades.get(trade);
    if (link === undefined) return [];
    link.endsUs ??= ownUs;
    if (this.#open.get(symbol) === link) this.#open.delete(symbol);
    return [link];
  }

  /** Everything that has not ended. */
  #going(): Link[] {
    const orders = [...this.#orders.values()].filter(({ endsUs }) => endsUs === null);
    return [...orders, ...this.#open.values()];
  }
}

function dueOf({ ownUs, on }: Linked): TimeUs | null {
  let due: number = ownUs;
  for (const link of on) {
    for (const { endsUs } of [link, ...link.within]) {
      if (endsUs === null) return null;
      due = Math.max(due, endsUs);
    }
  }
  return timeUs(due);
}
