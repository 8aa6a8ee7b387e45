import { SECOND_US } from "@believe/shared/base";
import type { Check, Scene } from "./check.ts";
import { Stopwatch } from "./check.ts";

/** Two seconds of the invariant, and the way of a request and its answer. */
const LIMIT_US = 3 * SECOND_US;
/** What was refused is asked for again with the next bar. */
const BAR_US = 6 * SECOND_US;

/** 27: a position has a resting stop at the venue, or is being left, or is killed. A venue that refuses both has neither. */
export function protectedPosition(): Check {
  const bare = new Stopwatch();
  const roles = new Map<string, string>();
  const refusedUs = new Map<string, number>();
  let killed = false;
  return {
    invariant: 27,
    name: "a position is protected at the venue",
    onRecord: ({ stream, body }, { nowUs }) => {
      if (stream === "command" && body.command.kind === "kill") killed = true;
      if (stream === "command" && body.command.kind === "unkill") killed = false;
      if (stream === "intent" && body.qty !== null) roles.set(body.intent, body.action);
      if (stream === "order" && body.state === "rejected") {
        refusedUs.set(roles.get(body.intent) ?? "", nowUs);
      }
      return null;
    },
    onStep: ({ venue, agent, isQuiet, nowUs }: Scene) => {
      const { lots, open } = venue.truth;
      let isClosing = lots === 0;
      for (const order of open) {
        const isOurs = order.order !== null && order.state === "working";
        if (isOurs && (order.side === "sell") === lots > 0 && order.type !== "LMT") {
          isClosing = true;
        }
      }
      const agrees = agent?.loop.holdings?.net === lots;
      const refused = ["protect", "exit"].every(
        (role) => nowUs - (refusedUs.get(role) ?? Number.NEGATIVE_INFINITY) < BAR_US,
      );
      // What an order in doubt may still close is not closed a second time.
      const inDoubt = (agent?.loop.holdings?.inDoubt.length ?? 0) > 0;
      const wrong = !isClosing && !killed && isQuiet && agrees && !refused && !inDoubt;
      if (bare.lasts(wrong, nowUs) < LIMIT_US) return null;
      return `expected a resting stop for ${lots} lots, was none`;
    },
  };
}
