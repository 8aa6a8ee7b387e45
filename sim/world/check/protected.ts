import { SECOND_US } from "@believe/shared/base";
import type { Check, Scene } from "./check.ts";

/** Two seconds of the invariant, and the way of a request and its answer. */
const LIMIT_US = 3 * SECOND_US;

/** 27: a position has a resting stop at the venue, or is being left, or is killed. */
export function protectedPosition(): Check {
  let sinceUs: number | null = null;
  let killed = false;
  return {
    invariant: 27,
    name: "a position is protected at the venue",
    onRecord: ({ stream, body }) => {
      if (stream === "command" && body.command.kind === "kill") killed = true;
      if (stream === "command" && body.command.kind === "unkill") killed = false;
      return null;
    },
    onStep: ({ venue, agent, isQuiet, nowUs }: Scene) => {
      const lots = venue.truth.lots;
      const closing = venue.truth.orders.some(
        (order) =>
          order.order !== null &&
          order.state === "working" &&
          (order.side === "sell") === lots > 0 &&
          (order.type === "STP" || order.type === "MKT"),
      );
      const agrees = agent?.loop.holdings?.net === lots;
      if (lots === 0 || closing || killed || !isQuiet || !agrees) {
        sinceUs = null;
        return null;
      }
      sinceUs ??= nowUs;
      return nowUs - sinceUs < LIMIT_US
        ? null
        : `expected a resting stop for ${lots} lots, was none`;
    },
  };
}
