import { haltLine, type MinutePlan } from "../served-log.ts";

/** 600 leaves over three days: full and partial tiles on two levels, a cut minute, a gap, unopened leaves. */
export function plans(): MinutePlan[] {
  let seq = 0;
  return Array.from({ length: 600 }, (_, i) => ({
    lines: Array.from({ length: i % 4 }, () => haltLine(seq++)),
    after: i === 101 ? 0 : i === 300 ? 900 : 1,
    closed: i === 100 ? ("cut" as const) : ("whole" as const),
    opened: i < 580,
    secret: i % 4 === 3 ? [1] : [],
  }));
}
