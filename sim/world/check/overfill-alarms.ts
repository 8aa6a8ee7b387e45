import type { Check } from "./check.ts";

/** 14: when two orders close one position and overfill it, that is alarmed in the same step. */
export function overfillAlarms(): Check {
  const standing = new Set<string>();
  let lots = 0;
  let byExit = false;
  let over: string | null = null;
  return {
    invariant: 14,
    name: "an overfill alarms",
    onRecord: ({ stream, body }) => {
      if (stream === "halt") standing.add(body.reason);
      if (stream === "command" && body.command.kind === "resume") standing.clear();
      if (stream === "fill") byExit = body.role !== "entry";
      if (stream === "correction") byExit = false;
      if (stream === "position") {
        const flips = body.lots !== 0 && Math.sign(body.lots) !== Math.sign(lots);
        if (byExit && flips) over = `${lots} to ${body.lots}`;
        lots = body.lots;
        byExit = false;
      }
      return null;
    },
    onStep: () => {
      const said = over;
      over = null;
      const isAlarmed = standing.has("unintended-position") || standing.has("late-fill");
      return said === null || isAlarmed ? null : `expected an alarm, was a position from ${said}`;
    },
  };
}
