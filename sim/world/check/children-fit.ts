import { SECOND_US } from "@believe/shared/base";
import type { Check, Scene } from "./check.ts";

const LIMIT_US = 20 * SECOND_US;

/** 13: with nothing under way, what could close the position is never larger than it. */
export function childrenFit(): Check {
  let sinceUs: number | null = null;
  return {
    invariant: 13,
    name: "closing orders fit the position",
    onStep: ({ venue, agent, isQuiet, nowUs }: Scene) => {
      const lots = venue.truth.lots;
      let closing = 0;
      for (const order of venue.truth.orders) {
        if (order.order === null || order.state !== "working") continue;
        const closes = lots !== 0 && (order.side === "sell") === lots > 0;
        if (closes || order.parent !== null || order.type === "STP")
          closing += order.qty - order.filled;
      }
      const agrees = agent?.loop.holdings?.net === lots;
      if (!isQuiet || !agrees || closing <= Math.abs(lots)) {
        sinceUs = null;
        return null;
      }
      sinceUs ??= nowUs;
      if (nowUs - sinceUs < LIMIT_US) return null;
      return `expected at most ${Math.abs(lots)} lots of closing orders, was ${closing}`;
    },
  };
}
