import { SECOND_US } from "@believe/shared/base";
import type { Check, Scene } from "./check.ts";
import { Stopwatch } from "./check.ts";

const LIMIT_US = 15 * SECOND_US;

/** 15: an order that a person cancels ends, halted or not, however often the request or its answer is lost. */
export function cancelEnds(): Check {
  const wanted = new Set<string>();
  const works = new Stopwatch();
  return {
    invariant: 15,
    name: "a cancel ends the order",
    onRecord: ({ stream, body }) => {
      if (stream === "command" && body.command.kind === "cancel") wanted.add(body.command.order);
      return null;
    },
    onStep: ({ venue, isQuiet, nowUs }: Scene) => {
      let left: string | null = null;
      for (const order of wanted) {
        if (venue.truth.ours(order)?.state === "working") left = order;
        else if (isQuiet) wanted.delete(order);
      }
      if (works.lasts(isQuiet && left !== null, nowUs) < LIMIT_US) return null;
      return `expected ${left} to end after its cancel, was working`;
    },
  };
}
