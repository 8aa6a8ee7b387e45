import { instrumentOf } from "@believe/shared/market";
import { draftOf, emptyHoldings, Holdings, type HoldingsState } from "@believe/shared/trade";
import { SYMBOL } from "../agent.ts";
import type { Check, Scene } from "./check.ts";

/** A refused request belongs to the run that asked, and is not carried over a start. */
function settled(state: HoldingsState): string {
  const orders = [...state.orders, ...state.ended.map(({ order }) => order)].map((order) => ({
    ...order,
    cancel: order.cancel?.refused === true ? null : order.cancel,
    move: null,
  }));
  return JSON.stringify({ ...state, orders, ended: state.ended.map(({ end }) => end) });
}

/** 26: the journal alone rebuilds the same book. */
export function journalIsAll(): Check {
  const book = new Holdings(instrumentOf(SYMBOL), emptyHoldings());
  let settling = false;
  return {
    invariant: 26,
    name: "the journal rebuilds the book",
    onRecord: (record) => {
      book.apply(draftOf(record));
      settling = book.owed() !== null;
      return null;
    },
    onEnd: ({ agent }: Scene) => {
      const held = agent?.loop.holdings?.state();
      if (held === undefined || settling) return null;
      const [is, was] = [settled(book.state()), settled(held)];
      return is === was ? null : `expected ${is} from the journal, was ${was}`;
    },
  };
}
