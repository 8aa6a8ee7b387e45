import type { Body } from "@believe/shared/wire";
import type { Check, Scene } from "./check.ts";

const signed = ({ side, qty }: { side: string | null; qty: number | null }): number =>
  side === "buy" ? (qty ?? 0) : -(qty ?? 0);

/** 7: the position is the sum of distinct executions of the venue at their highest revision, and of adoptions. */
export function bookIsExecutions(): Check {
  const executions = new Map<string, { revision: number; lots: number }>();
  let sum = 0;
  let said = 0;
  let due = false;
  const correct = (body: Body<"correction">): void => {
    if (body.kind === "adopted") sum += body.lotsAfter - body.lotsBefore;
    else if (body.exec !== null && body.revision !== null) {
      const held = executions.get(body.exec);
      if (held === undefined || body.revision > held.revision) {
        const lots = signed(body);
        sum += lots - (held?.lots ?? 0);
        executions.set(body.exec, { revision: body.revision, lots });
      }
    }
  };
  return {
    invariant: 7,
    name: "position is the sum of executions",
    onRecord: ({ stream, body }, { venue }) => {
      if (stream === "execution") {
        if (executions.has(body.exec)) return `expected execution ${body.exec} once, was again`;
        if (!venue.truth.executions.has(body.exec)) {
          return `expected an execution of the venue, was ${body.exec}`;
        }
        const lots = signed(body);
        executions.set(body.exec, { revision: body.revision ?? 0, lots });
        sum += lots;
        due = true;
      }
      if (stream === "correction") {
        correct(body);
        due = true;
      }
      if (stream === "position") {
        due = false;
        said = body.lots;
        if (said !== sum) return `expected a position of ${sum}, was ${said} in the journal`;
      }
      return null;
    },
    onStep: ({ agent }: Scene) => {
      const lots = agent?.loop.holdings?.net;
      if (due || lots === undefined || lots === said) return null;
      return `expected the book at ${said} lots as journaled, was ${lots}`;
    },
  };
}
