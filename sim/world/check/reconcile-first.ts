import type { Check } from "./check.ts";

/** 21: after a link broke nothing is sent before the venue's state was compared and that was written down. */
export function reconcileFirst(): Check {
  let isCompared = false;
  return {
    invariant: 21,
    name: "reconcile before requests",
    onWord: (word) => {
      if (word.kind === "link" && word.state === "down") isCompared = false;
      return null;
    },
    onRecord: ({ stream }) => {
      if (stream === "reconciliation") isCompared = true;
      return null;
    },
    onDeath: () => {
      isCompared = false;
    },
    onSubmit: ({ intent }) =>
      isCompared ? null : `expected a reconciliation before ${intent}, was none`,
  };
}
