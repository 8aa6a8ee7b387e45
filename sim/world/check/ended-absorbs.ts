import type { Check } from "./check.ts";

/** 8: an order that ended stays ended, and is never filled beyond what was asked for. */
export function endedAbsorbs(): Check {
  const asked = new Map<string, { readonly intent: string; readonly qty: number }>();
  const filled = new Map<string, number>();
  const ended = new Set<string>();
  return {
    invariant: 8,
    name: "what ended stays ended",
    onRecord: ({ stream, body }) => {
      if (stream === "intent" && body.qty !== null) {
        asked.set(body.order, { intent: body.intent, qty: body.qty });
      }
      if (stream === "execution") {
        const lots = (filled.get(body.order) ?? 0) + body.qty;
        filled.set(body.order, lots);
        const most = asked.get(body.order.replace(/\.[ST]$/, ""))?.qty ?? 0;
        return lots <= most ? null : `expected at most ${most} lots of ${body.order}, was ${lots}`;
      }
      if (stream !== "order") return null;
      const { order, state } = body;
      if (ended.has(order) && (state === "acknowledged" || state === "unknown")) {
        return `expected ${order} to stay ended, was ${state}`;
      }
      const isOwn = asked.get(order.replace(/\.[ST]$/, ""))?.intent === body.intent;
      const ends = isOwn && (state === "rejected" || state === "expired");
      if (state === "filled" || state === "cancelled" || ends) ended.add(order);
      return null;
    },
  };
}
