import type { Check } from "./check.ts";

/** 3: nothing is sent but on a connection that said it is ready and told its state before. */
export function readyFirst(): Check {
  let isReady = false;
  let isTold = false;
  return {
    invariant: 3,
    name: "ready before requests",
    onWord: (word) => {
      if (word.kind === "snapshot") isTold = true;
      if (word.kind === "link") {
        isReady = word.state === "ready";
        if (!isReady) isTold = false;
      }
      return null;
    },
    onDeath: () => {
      isReady = false;
      isTold = false;
    },
    onSubmit: ({ intent }) =>
      isReady && isTold ? null : `expected a ready and told connection for ${intent}, was none`,
  };
}
