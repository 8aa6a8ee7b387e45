import type { Check } from "./check.ts";

/** 12: an order that is not ours is never modified or cancelled. */
export function foreignUntouched(): Check {
  const asked = new Set<string>();
  return {
    invariant: 12,
    name: "foreign orders are left alone",
    onRecord: ({ stream, body }) => {
      if (stream === "intent" && body.qty !== null) asked.add(body.order);
      return null;
    },
    onSubmit: ({ action, order }) => {
      if (action !== "cancel" && action !== "move") return null;
      return asked.has(order.replace(/\.[ST]$/, ""))
        ? null
        : `expected foreign ${order} untouched, was asked to ${action}`;
    },
  };
}
