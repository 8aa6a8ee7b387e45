import { SECOND_US } from "@believe/shared/base";
import type { Check, Scene } from "./check.ts";

/** Ten seconds for an answer, as many by which the wall clock may have been set back, twice, and a sleep. */
const LIMIT_US = 35 * SECOND_US;

/** 22: a link on which an answer is owed for too long is declared dead by us. */
export function silenceEnds(): Check {
  const owed = new Map<string, number>();
  return {
    invariant: 22,
    name: "silence ends the link",
    onSubmit: ({ order }, { nowUs }) => {
      if (!owed.has(order)) owed.set(order, nowUs);
      return null;
    },
    onWord: (word) => {
      if ("order" in word && typeof word.order === "string") owed.delete(word.order);
      if (word.kind === "link") owed.clear();
      return null;
    },
    onDeath: () => owed.clear(),
    onStep: ({ agent, nowUs }: Scene) => {
      if (agent?.bridge.link.state !== "ready") owed.clear();
      for (const [order, sinceUs] of owed) {
        if (nowUs - sinceUs <= LIMIT_US) continue;
        return `expected the link declared dead, was ready with ${order} unanswered`;
      }
      return null;
    },
  };
}
