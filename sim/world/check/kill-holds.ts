import { SECOND_US } from "@believe/shared/base";
import type { Check, Scene } from "./check.ts";
import { Stopwatch } from "./check.ts";

const LIMIT_US = 15 * SECOND_US;

/** 19: after a kill nothing but ways out leaves, over every restart, and every order of ours ends. */
export function killHolds(): Check {
  let killed: { readonly flatten: boolean } | null = null;
  const before = new Set<string>();
  const works = new Stopwatch();
  return {
    invariant: 19,
    name: "a kill holds",
    onRecord: ({ stream, body }) => {
      if (stream === "command" && body.command.kind === "kill") {
        killed = { flatten: body.command.flatten || killed?.flatten === true };
      }
      if (stream === "command" && body.command.kind === "unkill") killed = null;
      if (stream !== "intent") return null;
      if (killed === null) before.add(body.intent);
      else if (body.action === "enter" || body.action === "protect") {
        return `expected nothing new asked for after the kill, was ${body.action} ${body.order}`;
      }
      return null;
    },
    onSubmit: ({ intent, action, order }) =>
      action === "enter" && killed && !before.has(intent)
        ? `expected no new order after the kill, was ${order}`
        : null,
    onStep: ({ venue, isQuiet, nowUs }: Scene) => {
      let left: string | null = null;
      for (const { order, state, qty, filled } of venue.truth.open) {
        if (order !== null && state === "working" && qty > filled) left = order;
      }
      const wrong = isQuiet && killed?.flatten === false && left !== null;
      if (works.lasts(wrong, nowUs) < LIMIT_US) return null;
      return `expected ${left} cancelled after the kill, was working`;
    },
  };
}
