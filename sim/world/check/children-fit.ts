import { SECOND_US } from "@believe/shared/base";
import type { Check, Scene } from "./check.ts";
import { Stopwatch } from "./check.ts";

const LIMIT_US = 20 * SECOND_US;

/** 13: with nothing under way, what could close the position is never larger than it. */
export function childrenFit(): Check {
  const over = new Stopwatch();
  return {
    invariant: 13,
    name: "closing orders fit the position",
    onStep: ({ venue, agent, isQuiet, nowUs }: Scene) => {
      const { lots, open } = venue.truth;
      let closing = 0;
      for (const order of open) {
        if (order.order === null || order.state !== "working") continue;
        const closes = lots !== 0 && (order.side === "sell") === lots > 0;
        if (closes || order.parent !== null || order.type === "STP") {
          closing += order.qty - order.filled;
        }
      }
      const agrees = agent?.loop.holdings?.net === lots;
      const wrong = isQuiet && agrees && closing > Math.abs(lots);
      if (over.lasts(wrong, nowUs) < LIMIT_US) return null;
      return `expected at most ${Math.abs(lots)} lots of closing orders, was ${closing}`;
    },
  };
}
