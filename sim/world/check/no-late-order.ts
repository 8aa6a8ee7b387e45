import { SECOND_US } from "@believe/shared/base";
import type { Check } from "./check.ts";

/** Five seconds of an entry's life, a step and the way. */
const LIMIT_US = 7 * SECOND_US;

/** 4: an order reaches the venue soon after it was asked for or never. */
export function noLateOrder(): Check {
  const askedUs = new Map<string, number>();
  return {
    invariant: 4,
    name: "no order outlives its deadline",
    onRecord: ({ stream, body }, { nowUs }) => {
      if (stream === "intent") askedUs.set(body.intent, nowUs);
      return null;
    },
    onArrival: ({ intent, action }, { nowUs }) => {
      const at = askedUs.get(intent);
      if (action !== "enter" || at === undefined || nowUs - at <= LIMIT_US) return null;
      return `expected ${intent} within ${LIMIT_US} µs or never, was ${nowUs - at} µs late`;
    },
  };
}
