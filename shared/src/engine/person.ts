import { isOnTick } from "@believe/shared/market";
import type { Command } from "@believe/shared/wire";
import type { Records } from "./records.ts";

/** What a person's act moves the desk to do. */
export interface Hand {
  leave(reason: string): void;
  /** Gives up leaving for this reason. */
  stay(reason: string): void;
  flat(): void;
  /** What was refused may be asked for again. */
  release(): void;
  /** Cancels an order of ours as soon as the venue can be asked. */
  cancel(order: string): void;
}

/** Writes a person's act down, then does what is not a latch of the holdings. */
export function obey(act: Command, records: Records, hand: Hand): void {
  records.emit({ stream: "command", body: { atUs: records.nowUs, command: act } });
  switch (act.kind) {
    case "kill":
      hand.leave("kill-switch");
      return;
    case "unkill":
      hand.stay("kill-switch");
      return;
    case "flatten":
      hand.release();
      hand.leave("flatten");
      return;
    case "resume":
      hand.release();
      return;
    case "adopt":
      adopt(act, records, hand);
      return;
    case "cancel":
      hand.cancel(act.order);
      return;
    case "close-only":
    case "arm":
    case "disarm":
      return;
  }
}

/** Our book takes the venue's position; what no entry of ours opened is left again. */
function adopt(act: Extract<Command, { kind: "adopt" }>, records: Records, hand: Hand): void {
  const { holdings, instrument, nowUs } = records;
  const { symbol, lots, price } = act;
  if (symbol !== instrument.symbol || !isOnTick(instrument, price)) {
    records.halt("adopt-refused");
    return;
  }
  const body = holdings.adoptionOf({ lots, price, atUs: nowUs, reason: "adopted" });
  records.settle({ stream: "correction", body });
  if (holdings.net === 0) hand.flat();
  else if (holdings.trade?.intended === false) hand.leave("adopted-position");
}
