import { invariant, priceTicks, qty } from "@believe/shared/base";
import { type Instrument, parsePrice } from "@believe/shared/market";
import {
  type Body,
  count,
  identifier,
  orderType,
  reasonCode,
  side,
  stampUs,
  symbolName,
} from "@believe/shared/wire";
import { z } from "zod";
import { opposite } from "./side.ts";

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
  /** Of an attached child: what its entry has filled, less what its sibling closed. */
  qty: lots,
  filled: lots,
  /** Executions so far. */
  executions: count,
  type: orderType,
  price: ticks.nullable(),
  /** Where it triggers; of an entry, where the protective stop is planned. */
  stop: ticks.nullable(),
  /** sent: no word from the venue yet; working: acknowledged; unknown: a request was under way when the link broke. */
  state: z.enum(["sent", "working", "unknown"]),
  /** Why it stands where it stands. */
  reason: reasonCode,
  /** A move that the venue has not answered. */
  move: z.strictObject({ intent: identifier, stop: ticks, reason: reasonCode }).nullable(),
  /** A cancel: asked and not answered, or refused because the order was already done. */
  cancel: z.strictObject({ intent: identifier, refused: z.boolean() }).nullable(),
  /** Of an entry: where the children rest that the venue makes with it. */
  attach: z.strictObject({ stop: ticks.nullable(), target: ticks.nullable() }).optional(),
  /** Of a child: the entry that it is attached to. */
  parent: identifier.optional(),
  /** A person wants it gone: its cancel is asked for until it is. */
  unwanted: z.literal(true).optional(),
});
export type WorkingOrder = z.infer<typeof workingOrder>;

/** How an order ended. */
export const orderEnd = z.enum(["filled", "cancelled", "rejected", "expired"]);
export type OrderEnd = z.infer<typeof orderEnd>;

/** An order that ended: remembered, since the venue may still speak of it. */
export const endedOrder = z.strictObject({ order: workingOrder, end: orderEnd, atUs: stampUs });
export type EndedOrder = z.infer<typeof endedOrder>;

/** The trade that an entry order opens: derived, so that it can never be minted twice. */
export function tradeOf(order: string): string {
  return `T-${order.replace(/^B-/, "")}`;
}

const ROLES = { enter: "entry", protect: "stop", exit: "exit" } as const;

/** The role of the order that an intent asks for. */
export function roleOf(action: keyof typeof ROLES): Role {
  return ROLES[action];
}

/** Whether a request on this order is unanswered: what a lost link leaves in doubt. */
export function isInFlight(order: WorkingOrder): boolean {
  return order.state === "sent" || order.move !== null || order.cancel?.refused === false;
}

/** The order that an enter, protect or exit intent asks for, before any word of the venue. */
export function workingOrderOf(
  instrument: Instrument,
  intent: Body<"intent">,
  role: Role,
): WorkingOrder {
  const { side, type, attach } = intent;
  invariant(side && type && intent.qty, "an intent for a new order has side, quantity and type");
  const at = (price: string | null) => (price === null ? null : parsePrice(instrument, price));
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
    price: at(intent.price),
    stop: at(intent.stop),
    state: "sent",
    reason: intent.reason,
    move: null,
    cancel: null,
    ...(attach ? { attach: { stop: at(attach.stop), target: at(attach.target) } } : {}),
  };
}

type ChildOf = Pick<WorkingOrder, "order" | "role" | "type" | "price" | "stop" | "reason">;

function childOf(
  { order, intent, strategy, symbol, side }: WorkingOrder,
  child: ChildOf,
): WorkingOrder {
  return {
    order: child.order,
    intent,
    strategy,
    symbol,
    role: child.role,
    side: opposite(side),
    qty: qty(0),
    filled: qty(0),
    executions: 0,
    type: child.type,
    price: child.price,
    stop: child.stop,
    state: "working",
    reason: child.reason,
    move: null,
    cancel: null,
    parent: order,
  };
}

/** The children that the venue makes with an entry: they rest from its acknowledgement on and are sized by its fills. */
export function childrenOf(entry: WorkingOrder): WorkingOrder[] {
  const { attach, order } = entry;
  const children: WorkingOrder[] = [];
  if (attach && attach.stop !== null) {
    const of = {
      order: `${order}.S`,
      role: "stop",
      type: "STP",
      reason: "protective-stop",
    } as const;
    children.push(childOf(entry, { ...of, price: null, stop: attach.stop }));
  }
  if (attach && attach.target !== null) {
    const of = { order: `${order}.T`, role: "exit", type: "LMT", reason: "target" } as const;
    children.push(childOf(entry, { ...of, price: attach.target, stop: null }));
  }
  return children;
}

/** The entry to which an order of this name would be attached, null when the name is not a child's. */
export function parentOf(order: string): string | null {
  return /^(.+)\.[ST]$/.exec(order)?.[1] ?? null;
}
