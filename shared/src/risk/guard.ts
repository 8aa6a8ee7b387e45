import { MINUTE_US, type TimeUs } from "@believe/shared/base";
import type { Side } from "@believe/shared/market";
import type { Limits } from "./limits.ts";

/** An order as it would be journaled next. Prices in ticks; numbers are not trusted here. */
export interface OrderDraft {
  /** A new position, its resting stop, the way out of it, or another price for a stop that rests. */
  readonly role: "entry" | "stop" | "exit" | "move";
  readonly side: Side;
  readonly qty: number;
  readonly price: number | null;
  readonly stop: number | null;
}

/** What a guard may look at. */
export interface GuardView {
  readonly nowUs: TimeUs;
  /** Best prices in ticks, null where unknown; `fresh` says whether they may be believed. */
  readonly bid: number | null;
  readonly ask: number | null;
  readonly fresh: boolean;
  /** Signed position. */
  readonly lots: number;
  /** Orders of ours that are open at the venue or on their way. */
  readonly openOrders: number;
  /** Stamps of the newest orders asked for, oldest first. */
  readonly asked: readonly number[];
}

const ENTRIES: Guard["on"] = new Set(["entry"]);
const WAYS_OUT: Guard["on"] = new Set(["stop", "exit"]);
const NEW_ORDERS: Guard["on"] = new Set(["entry", "stop", "exit"]);
const EVERY_ORDER: Guard["on"] = new Set(["entry", "stop", "exit", "move"]);

/** One rule that every order passes before it is journaled. Its name is the reason code. */
export interface Guard<Name extends string = string> {
  readonly name: Name;
  /** Orders that it stops; a way out is stopped only by what would make it another order than was meant. */
  readonly on: ReadonlySet<OrderDraft["role"]>;
  stops(order: OrderDraft, view: GuardView, limits: Limits): boolean;
}

function defineGuard<const Name extends string>(guard: Guard<Name>): Guard<Name> {
  return guard;
}

const prices = ({ price, stop }: OrderDraft): number[] =>
  [price, stop].filter((one) => one !== null);

/** Every guard, in the order in which their reasons are journaled. All are evaluated; none depends on another. */
const guards: readonly Guard[] = [
  defineGuard({
    name: "not-a-quantity",
    on: EVERY_ORDER,
    stops: ({ qty }) => !(Number.isSafeInteger(qty) && qty >= 1),
  }),
  defineGuard({
    name: "off-tick",
    on: EVERY_ORDER,
    stops: (order) => prices(order).some((price) => !Number.isSafeInteger(price)),
  }),
  defineGuard({
    name: "order-too-large",
    on: NEW_ORDERS,
    stops: ({ qty }, _view, limits) => qty > limits.orderLotsMax,
  }),
  defineGuard({
    name: "over-exit",
    on: WAYS_OUT,
    stops: ({ side, qty }, { lots }) => (side === "buy" ? qty > -lots : qty > lots),
  }),
  // As the limits of the same names say it: one reason code has one meaning.
  defineGuard({ name: "stale-data", on: ENTRIES, stops: (_order, { fresh }) => !fresh }),
  defineGuard({
    name: "no-quote",
    on: ENTRIES,
    stops: (_order, { bid, ask }) => bid === null || ask === null,
  }),
  defineGuard({
    name: "price-band",
    // A stop only ever moves towards the market: held where it rests it would be farther off still.
    on: NEW_ORDERS,
    stops: (order, { bid, ask, fresh }, { priceBandTicks }) =>
      fresh &&
      bid !== null &&
      ask !== null &&
      prices(order).some((at) => at < bid - priceBandTicks || at > ask + priceBandTicks),
  }),
  defineGuard({
    name: "too-many-orders",
    on: ENTRIES,
    stops: (_order, { openOrders }, limits) => openOrders >= limits.openOrdersMax,
  }),
  defineGuard({
    name: "order-rate",
    on: ENTRIES,
    stops: (_order, { asked, nowUs }, limits) =>
      asked.filter((at) => at > nowUs - MINUTE_US).length >= limits.ordersPerMinuteMax,
  }),
];

/** Reason codes of every guard, in the order in which they are journaled. */
export const guardNames: readonly string[] = guards.map(({ name }) => name);

/** Roles of the orders that a guard looks at. */
export function guardsOn(name: string): readonly OrderDraft["role"][] {
  return [...(guards.find((guard) => guard.name === name)?.on ?? [])];
}

/** Reason codes of every guard that stops this order now; empty when it may be journaled and sent. */
export function orderBlocks(order: OrderDraft, view: GuardView, limits: Limits): string[] {
  return guards
    .filter(({ on }) => on.has(order.role))
    .filter((guard) => guard.stops(order, view, limits))
    .map(({ name }) => name);
}
