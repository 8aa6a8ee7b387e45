import type { Check } from "./check.ts";

/** 12: an order that is not ours is never modified or cancelled. */
export function foreignUntouched(): Check {
  return {
    invariant: 12,
    name: "foreign orders are left alone",
    onArrival: ({ action, order }, { venue }) => {
      if (action !== "cancel" && action !== "move") return null;
      const id = order.replace(/\.[ST]$/, "");
      const known = venue.truth.ours(order) ?? venue.truth.ours(id);
      const isForeign = venue.truth.orders.some(({ ref }) => ref === order);
      return isForeign || (known !== undefined && known.order === null)
        ? `expected foreign ${order} untouched, was asked to ${action}`
        : null;
    },
  };
}
