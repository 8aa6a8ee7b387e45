import type { Check } from "./check.ts";

/** 25: a second process never gets the journal of one that runs. */
export function oneAgent(): Check {
  return {
    invariant: 25,
    name: "one agent at a time",
    onSecondStart: (refused) =>
      refused ? null : "expected the second process turned away, was let in",
  };
}
