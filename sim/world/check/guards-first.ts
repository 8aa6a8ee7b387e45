import { MINUTE_US } from "@believe/shared/base";
import { instrumentOf, isOnTick } from "@believe/shared/market";
import { SYMBOL } from "../agent.ts";
import type { Check } from "./check.ts";

/** What the world's agent is configured with. */
const LOTS_MAX = 3;
const ORDERS_PER_MINUTE_MAX = 60;

/** 18: what is journaled as an order is within every limit. */
export function guardsFirst(): Check {
  const instrument = instrumentOf(SYMBOL);
  const entries: number[] = [];
  let lots = 0;
  return {
    invariant: 18,
    name: "guards before the journal",
    onRecord: ({ stream, body }) => {
      if (stream === "position") lots = body.lots;
      if (stream !== "intent") return null;
      for (const price of [body.price, body.stop, body.attach?.stop ?? null]) {
        if (price !== null && !isOnTick(instrument, price)) return `expected a tick, was ${price}`;
      }
      if (body.qty !== null && !(Number.isInteger(body.qty) && body.qty > 0)) {
        return `expected whole lots, was ${body.qty}`;
      }
      if (body.action !== "enter" || body.qty === null) return null;
      if (Math.abs(lots) + body.qty > LOTS_MAX) {
        return `expected at most ${LOTS_MAX} lots, was ${body.qty} more than ${lots}`;
      }
      while ((entries[0] ?? body.atUs) <= body.atUs - MINUTE_US) entries.shift();
      entries.push(body.atUs);
      return entries.length <= ORDERS_PER_MINUTE_MAX
        ? null
        : `expected at most ${ORDERS_PER_MINUTE_MAX} entries a minute, was ${entries.length}`;
    },
  };
}
