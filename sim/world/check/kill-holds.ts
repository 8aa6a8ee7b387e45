import type { Check } from "./check.ts";

/** 19: after a kill nothing but ways out reaches the venue. What was sent before it may still arrive. */
export function killHolds(): Check {
  let killed = false;
  const before = new Set<string>();
  return {
    invariant: 19,
    name: "a kill holds",
    onRecord: ({ stream, body }) => {
      if (stream === "command" && body.command.kind === "kill") killed = true;
      if (stream === "command" && body.command.kind === "unkill") killed = false;
      if (stream === "intent" && !killed) before.add(body.intent);
      return null;
    },
    onArrival: ({ intent, action, order }) =>
      action === "enter" && killed && !before.has(intent)
        ? `expected no new order after the kill, was ${order}`
        : null,
  };
}
