import { invariant, priceTicks, qty } from "@believe/shared/base";
import { type Instrument, parsePrice } from "@believe/shared/market";
import {
  type Body,
  count,
  identifier,
  orderType,
  reasonCode,
  side,
  symbolName,
} from "@believe/shared/wire";
import { z } from "zod";

export const ticks = z.int().transform(priceTicks);
const lots = count.transform(qty);

/** What an order is to its trade. */
export const role = z.enum(["entry", "stop", "exit"]);
export type Role = z.infer<typeof role>;

/** An order of ours that is not finished, as our journal knows it. */
export const workingOrder = z.strictObject({
  order: identifier,
  /** The intent that asked for it. */
  intent: identifier,
  strategy: identifier,
  symbol: symbolName,
  role,
  side,
  qty: lots,
  filled: lots,
  /** Executions so far. */
  executions: count,
  type: orderType,
  price: ticks.nullable(),
  /** Where it triggers; of an entry, where the protective stop is planned. */
  stop: ticks.nullable(),
  /** sent: no word from the venue yet; working: acknowledged. */
  state: z.enum(["sent", "working"]),
  /** Why it stands where it stands. */
  reason: reasonCode,
  /** A move that the venue has not answered. */
  move: z.strictObject({ intent: identifier, stop: ticks, reason: reasonCode }).nullable(),
  /** A cancel: asked and not answered, or refused because the order was already done. */
  cancel: z.strictObject({ intent: identifier, refused: z.boolean() }).nullable(),
});
export type WorkingOrder = z.infer<typeof workingOrder>;

/** The trade that an entry order opens: derived, so that it can never be minted twice. */
export function tradeOf(order: string): string {
  return `T-${order.replace(/^B-/, "")}`;
}

const ROLES = { enter: "entry", protect: "stop", exit: "exit" } as const;

/** The role of the order that an intent asks for. */
export function roleOf(action: keyof typeof ROLES): Role {
  return ROLES[action];
}

/** The order that an enter, protect or exit intent asks for, before any word of the venue. */
export function workingOrderOf(
  instrument: Instrument,
  intent: Body<"intent">,
  role: Role,
): WorkingOrder {
  const { side, type } = intent;
  invariant(side && type && intent.qty, "an intent for a new order has side, quantity and type");
  return {
    order: intent.order,
    intent: intent.intent,
    strategy: intent.strategy,
    symbol: intent.symbol,
    role,
    side,
    qty: qty(intent.qty),
    filled: qty(0),
    executions: 0,
    type,
    price: intent.price === null ? null : parsePrice(instrument, intent.price),
    stop: intent.stop === null ? null : parsePrice(instrument, intent.stop),
    state: "sent",
    reason: intent.reason,
    move: null,
    cancel: null,
  };
}
