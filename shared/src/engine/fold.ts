import { type Sha256, type TimeUs, timeUs } from "@believe/shared/base";
import { instrumentOf } from "@believe/shared/market";
import {
  draftOf,
  emptyHoldings,
  Holdings,
  type HoldingsState,
  isInFlight,
} from "@believe/shared/trade";
import type { Body, Draft, JournalRecord } from "@believe/shared/wire";
import { DecisionChain, FIRST_TIP } from "./decision-chain.ts";
import { EngineFailure } from "./failure.ts";

/** What a journal says, ready to go on from. */
export interface JournalFold {
  /** Everything that the engine and the venue take back: `orders` are acknowledged, or in doubt, and not finished. */
  readonly holdings: HoldingsState;
  /** Over the chained records of the journal and of `owed`. */
  readonly decisionTip: string;
  /**
   * Records that a crash kept from being written, in order: the rest of a cut execution or correction, then the end of
   * what was under way: where the venue keeps orders each such order as unknown, else each intent as expired. The host appends them before anything else; `holdings` and `decisionTip`
   * already hold them.
   */
  readonly owed: readonly Draft[];
  /** The intents that `owed` ends as expired. */
  readonly expired: readonly Body<"intent">[];
  /** The newest instant of the market clock that a record names, 0 without one. */
  readonly marketUs: TimeUs;
  readonly genesis: Body<"genesis"> | null;
  readonly records: number;
}

/** The symbol that a record is about, null when it is about none. */
function symbolOf(draft: Draft): string | null {
  return "symbol" in draft.body ? draft.body.symbol : null;
}

/**
 * Folds a journal, oldest record first, into the state to go on from. Throws `TradeFailure` when the records
 * contradict each other and `EngineFailure` when another symbol is still held or working.
 */
export function foldJournal(
  records: Iterable<JournalRecord>,
  options: {
    readonly symbol: string;
    /** The venue's orders outlive our process: see `VenueTraits`. */
    readonly keepsOrders?: boolean;
    readonly sha256?: Sha256;
  },
): JournalFold {
  const chain = new DecisionChain(FIRST_TIP, options.sha256);
  const books = new Map<string, Holdings>();
  const bookOf = (symbol: string): Holdings => {
    const book = books.get(symbol) ?? new Holdings(instrumentOf(symbol), emptyHoldings());
    books.set(symbol, book);
    return book;
  };
  const own = bookOf(options.symbol);
  let marketUs = 0;
  let count = 0;
  let genesis: Body<"genesis"> | null = null;
  let decided = own;
  for (const record of records) {
    const draft = draftOf(record);
    const symbol = symbolOf(draft);
    count++;
    chain.add(draft);
    if (draft.stream === "decision") decided = handOver(books, decided, bookOf(draft.body.symbol));
    if (symbol === null) for (const book of books.values()) book.apply(draft);
    else bookOf(symbol).apply(draft);
    if ("atUs" in draft.body) marketUs = Math.max(marketUs, draft.body.atUs);
    if (draft.stream === "genesis") genesis = draft.body;
  }
  handOver(books, decided, own);
  const { keepsOrders = false } = options;
  const { owed, expired } = settle(own, chain, { marketUs, keepsOrders });
  for (const [symbol, book] of books) {
    if (book !== own && (book.net !== 0 || book.orders.size > 0)) {
      throw new EngineFailure(
        "other-symbol",
        `expected nothing open but ${options.symbol}, was a position or an order in ${symbol}`,
      );
    }
  }
  const state = own.state();
  // A refused cancel or move belongs to the run that asked: a new run may ask again. One in doubt is still under way.
  const orders = state.orders.map((order) =>
    order.state === "unknown" ? order : { ...order, move: null, cancel: null },
  );
  return {
    holdings: { ...state, orders, counters: countersOf([...books.values()]) },
    decisionTip: chain.tip,
    owed,
    expired,
    marketUs: timeUs(marketUs),
    genesis,
    records: count,
  };
}

/** Numbers are given once in a journal, whatever they are given in. */
function countersOf(books: readonly Holdings[]): HoldingsState["counters"] {
  const highest = (of: keyof HoldingsState["counters"]): number =>
    Math.max(...books.map(({ counters }) => counters[of]));
  return { intent: highest("intent"), order: highest("order"), correction: highest("correction") };
}

/** The account has one equity: the book that is decided on next takes it over, with what the others brought. */
function handOver(
  books: ReadonlyMap<string, Holdings>,
  decided: Holdings,
  next: Holdings,
): Holdings {
  if (decided === next) return next;
  let elsewhereMinor = 0;
  for (const book of books.values()) if (book !== next) elsewhereMinor += book.realised;
  next.carry({ ...decided.equity, elsewhereMinor });
  return next;
}

/** Writes what a crash left out, and ends or doubts what was never answered. */
function settle(
  book: Holdings,
  chain: DecisionChain,
  at: { readonly marketUs: number; readonly keepsOrders: boolean },
): Pick<JournalFold, "owed" | "expired"> {
  const owed: Draft[] = [];
  const write = (draft: Draft): void => {
    owed.push(draft);
    chain.add(draft);
    book.apply(draft);
  };
  for (let next = book.owed(); next; next = book.owed()) write(next);
  const atUs = at.marketUs;
  if (at.keepsOrders) {
    for (const order of [...book.orders.values()]) {
      if (order.state === "unknown" || !isInFlight(order)) continue;
      const { intent, symbol } = order;
      const body = { order: order.order, intent, symbol, atUs, state: "unknown" as const };
      write({ stream: "order", body: { ...body, reason: "restarted" } });
    }
  }
  const expired = book.unanswered;
  for (const { order, intent, symbol } of expired) {
    const body = { order, intent, symbol, atUs, state: "expired" as const };
    write({ stream: "order", body: { ...body, reason: "never-acknowledged" } });
  }
  return { owed, expired };
}
