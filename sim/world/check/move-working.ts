import type { Check } from "./check.ts";

/** 16: only an order that works is moved, and not while another request on it is under way. */
export function moveWorking(): Check {
  const working = new Set<string>();
  const moving = new Map<string, string>();
  return {
    invariant: 16,
    name: "only a working order is moved",
    onRecord: ({ stream, body }) => {
      if (stream === "execution") working.add(body.order);
      if (stream === "intent" && body.attach) working.add(`${body.order}.S`);
      if (stream !== "order") return null;
      if (body.state === "acknowledged") working.add(body.order);
      if (body.state === "unknown") moving.delete(body.order);
      if (moving.get(body.order) === body.intent) moving.delete(body.order);
      return null;
    },
    onDeath: () => moving.clear(),
    onSubmit: ({ action, order, intent }) => {
      if (action !== "move") return null;
      if (!working.has(order)) return `expected ${order} to work before a move, was not`;
      const other = moving.get(order);
      if (other !== undefined) return `expected one move of ${order} at a time, was ${other} too`;
      moving.set(order, intent);
      return null;
    },
  };
}
