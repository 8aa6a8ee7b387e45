import { count, lots, stampUs, streams } from "@believe/shared/wire";
import { z } from "zod";
import { equityState, NO_EQUITY } from "./equity.ts";
import { latchState, openLatches } from "./latches.ts";
import { emptyLedger, ledgerState } from "./ledger.ts";
import { endedOrder, workingOrder } from "./order.ts";

/** What we hold and have asked for in one symbol. Everything in it is rebuilt from the journal alone. */
export const holdingsState = z.strictObject({
  ledger: ledgerState,
  orders: z.array(workingOrder),
  /** Orders of the last days that ended, oldest first. */
  ended: z.array(endedOrder),
  /** Intents of which no order record speaks, oldest first. */
  unanswered: z.array(streams.intent.body),
  /** Stamps of the newest orders asked for, oldest first: what the rate limit counts. */
  asked: z.array(stampUs),
  counters: z.strictObject({ intent: count, order: count, correction: count }),
  /** Signed lots that the venue says we hold, while its word and our book differ. */
  disputed: lots.nullable(),
  /** As marked at the close of each decision's bar. */
  equity: equityState,
  ...latchState.shape,
});
export type HoldingsState = z.infer<typeof holdingsState>;

export function emptyHoldings(): HoldingsState {
  return {
    ledger: emptyLedger(),
    orders: [],
    ended: [],
    unanswered: [],
    asked: [],
    counters: { intent: 0, order: 0, correction: 0 },
    disputed: null,
    equity: NO_EQUITY,
    ...openLatches(),
  };
}
