import { SECOND_US } from "@believe/shared/base";
import type { Check, Scene } from "./check.ts";
import { Stopwatch } from "./check.ts";

const LIMIT_US = 2 * SECOND_US;

/** 10: in whatever order words came, once all is quiet every execution of ours is booked at its newest revision. */
export function orderOfWords(): Check {
  const revisions = new Map<string, number>();
  const missing = new Stopwatch();
  return {
    invariant: 10,
    name: "the order of words does not matter",
    onRecord: ({ stream, body }) => {
      if (stream === "execution") revisions.set(body.exec, body.revision ?? 0);
      if (stream === "correction" && body.exec !== null) {
        revisions.set(body.exec, body.revision ?? 0);
      }
      return null;
    },
    onStep: ({ venue, isQuiet, nowUs }: Scene) => {
      let wrong: string | null = null;
      for (const { exec, order, revision } of isQuiet ? venue.truth.executions.values() : []) {
        if (order !== null && revisions.get(exec) !== revision) wrong = exec;
      }
      if (missing.lasts(wrong !== null, nowUs) <= LIMIT_US) return null;
      return `expected execution ${wrong} at its newest revision, was ${revisions.get(wrong ?? "") ?? "not booked"}`;
    },
  };
}
