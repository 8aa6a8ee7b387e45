import { SECOND_US } from "@believe/shared/base";
import type { JournalRecord } from "@believe/shared/wire";
import type { Check, Scene } from "./check.ts";

const LIMIT_US = 20 * SECOND_US;

/** 11: a book that is not the venue's, with nothing under way, halts; and it never trades itself right. */
export function bookIsTruth(): Check {
  let differsSinceUs: number | null = null;
  let halted = false;
  return {
    invariant: 11,
    name: "a mismatch halts",
    onRecord: ({ stream, body }: JournalRecord) => {
      if (stream === "halt") halted = true;
      if (stream === "command" && body.command.kind === "resume") halted = false;
      return null;
    },
    onStep: ({ venue, agent, isQuiet, nowUs }: Scene) => {
      const ours = agent?.loop.holdings?.net;
      if (!isQuiet || ours === undefined || ours === venue.truth.lots) {
        differsSinceUs = null;
        return null;
      }
      differsSinceUs ??= nowUs;
      if (nowUs - differsSinceUs < LIMIT_US || halted) return null;
      return `expected ${venue.truth.lots} lots or a halt, was ${ours} and none`;
    },
  };
}
