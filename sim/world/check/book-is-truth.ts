import { SECOND_US } from "@believe/shared/base";
import type { Check, Scene } from "./check.ts";
import { Stopwatch } from "./check.ts";

const LIMIT_US = 20 * SECOND_US;

/** 11: a book that is not the venue's, with nothing under way, halts. A person who resumes takes that difference. */
export function bookIsTruth(): Check {
  const differs = new Stopwatch();
  let halted = false;
  let taken: number | null = null;
  return {
    invariant: 11,
    name: "a mismatch halts",
    onRecord: ({ stream, body }, { venue, agent }) => {
      if (stream === "halt") halted = true;
      if (stream === "command" && body.command.kind === "resume") {
        halted = false;
        taken = venue.truth.lots - (agent?.loop.holdings?.net ?? 0);
      }
      return null;
    },
    onStep: ({ venue, agent, isQuiet, nowUs }: Scene) => {
      const ours = agent?.loop.holdings?.net ?? 0;
      const difference = venue.truth.lots - ours;
      if (isQuiet && difference !== taken) taken = null;
      const wrong = isQuiet && difference !== 0 && taken === null && !halted;
      if (differs.lasts(wrong, nowUs) < LIMIT_US) return null;
      return `expected ${venue.truth.lots} lots or a halt, was ${ours} and none`;
    },
  };
}
