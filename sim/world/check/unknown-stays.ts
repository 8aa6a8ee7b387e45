import { SECOND_US } from "@believe/shared/base";
import type { Body } from "@believe/shared/wire";
import type { Check, Scene } from "./check.ts";
import { Stopwatch } from "./check.ts";

const LIMIT_US = 3 * SECOND_US;

/** 6: what was under way when a link broke is in doubt until it is found, and blocks entries; it is never ended by guess. */
export function unknownStays(): Check {
  const intentOf = new Map<string, string>();
  const inDoubt = new Set<string>();
  const ended = new Set<string>();
  const filled = new Map<string, number>();
  const sent = new Stopwatch();
  const outcome = ({ order, intent, state }: Body<"order">): void => {
    if (state === "unknown") inDoubt.add(order);
    const isOwn = intentOf.get(order.replace(/\.[ST]$/, "")) === intent;
    const ends = state === "rejected" || state === "expired" ? isOwn : state !== "unknown";
    if (ends && state !== "moved") {
      inDoubt.delete(order);
      // A child that closed all that its entry was filled ends with it.
      const child = `${order}.S`;
      if ((filled.get(child) ?? 0) >= (filled.get(order) ?? 0)) inDoubt.delete(child);
    }
    if (state === "expired" && isOwn && !/\.[ST]$/.test(order)) ended.add(order);
  };
  return {
    invariant: 6,
    name: "unknown stays unknown",
    onRecord: ({ stream, body }) => {
      if (stream === "order") outcome(body);
      if (stream === "execution") {
        inDoubt.delete(body.order);
        filled.set(body.order, (filled.get(body.order) ?? 0) + body.qty);
      }
      if (stream !== "intent") return null;
      if (body.action === "cancel" || body.action === "move") return null;
      intentOf.set(body.order, body.intent);
      if (body.action !== "enter" || inDoubt.size === 0) return null;
      return `expected no entry while ${[...inDoubt].join(", ")} is unknown, was ${body.order}`;
    },
    onStep: ({ venue, agent, nowUs }: Scene) => {
      for (const order of ended) {
        if (venue.truth.ours(order) === undefined) continue;
        return `expected ${order} in doubt, was ended while the venue has it`;
      }
      const isDown = agent !== null && agent.bridge.link.state !== "ready";
      let waiting: string | null = null;
      for (const order of (isDown ? agent.loop.holdings?.orders.values() : null) ?? []) {
        if (order.state === "sent") waiting = order.order;
      }
      if (sent.lasts(waiting !== null, nowUs) <= LIMIT_US) return null;
      return `expected ${waiting} in doubt after the link broke, was sent`;
    },
  };
}
