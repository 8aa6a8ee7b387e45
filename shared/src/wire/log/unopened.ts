import { HOUR_US, parseIsoUs, TimeFailure } from "@believe/shared/base";
import { UNOPENED_HOURS_MAX } from "../fields.ts";

/** How many leaves of one UTC hour are not opened. */
export interface UnopenedHour {
  /** Hours since 1970. */
  readonly hour: number;
  /** At least 1. */
  readonly leaves: number;
}

/** Counts new leaves, given by their minutes. Trade dates turn on the hour: more than the hour nobody has to know. */
export function withLeaves(
  unopened: readonly UnopenedHour[],
  minutes: readonly string[],
): readonly UnopenedHour[] {
  const leaves = new Map(unopened.map((one) => [one.hour, one.leaves]));
  for (const minute of minutes) {
    const hour = hourOf(minute);
    if (hour !== null) leaves.set(hour, (leaves.get(hour) ?? 0) + 1);
  }
  const hours = [...leaves].map(([hour, count]) => ({ hour, leaves: count }));
  hours.sort((a, b) => a.hour - b.hour);
  const over = Math.max(0, hours.length - UNOPENED_HOURS_MAX);
  const oldest = hours.slice(0, over + 1);
  const [first] = oldest;
  if (first === undefined) return hours;
  const together = oldest.reduce((sum, one) => sum + one.leaves, 0);
  return [{ hour: first.hour, leaves: together }, ...hours.slice(over + 1)];
}

/** Takes a leaf off that was opened: of its hour, or of the one that its hour became part of. */
export function withoutLeaf(
  unopened: readonly UnopenedHour[],
  minute: string,
): readonly UnopenedHour[] {
  const hour = hourOf(minute);
  const at = hour === null ? -1 : unopened.findLastIndex((one) => one.hour <= hour);
  return unopened.flatMap((one, i) => {
    const leaves = one.leaves - (i === at ? 1 : 0);
    return leaves === 0 ? [] : [{ ...one, leaves }];
  });
}

/** Null for a minute that no clock shows: its leaf is mirrored all the same and belongs to no trade date. */
function hourOf(minute: string): number | null {
  try {
    return Math.floor(parseIsoUs(`${minute.slice(0, 16)}:00Z`) / HOUR_US);
  } catch (cause) {
    if (!(cause instanceof TimeFailure)) throw cause;
    return null;
  }
}
