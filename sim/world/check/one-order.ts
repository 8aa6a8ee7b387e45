import type { Check } from "./check.ts";

/** 2: an intent becomes at most one order, over all restarts and connections. */
export function oneOrder(): Check {
  const arrived = new Set<string>();
  return {
    invariant: 2,
    name: "one intent, one order",
    onArrival: ({ action, order }) => {
      if (action === "cancel" || action === "move") return null;
      if (arrived.has(order)) return `expected ${order} at the venue once, was sent again`;
      arrived.add(order);
      return null;
    },
  };
}
