import { invariant, MINUTE_US, type TimeUs, timeUs } from "@believe/shared/base";

const chicago = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/Chicago",
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
});

/** Minutes since 1970 that a Chicago wall clock shows at `tsUs`. */
export function wallMinutes(tsUs: number): number {
  const field: Record<string, number> = {};
  for (const part of chicago.formatToParts(Math.floor(tsUs / 1000))) {
    field[part.type] = Number(part.value);
  }
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = field;
  return Date.UTC(year, month - 1, day, hour, minute) / 60_000;
}

/** The instant at which a Chicago wall clock shows `wall` minutes since 1970; no boundary lies in an hour that DST repeats or skips. */
export function instantOf(wall: number): TimeUs {
  let guess = (wall + 360) * MINUTE_US;
  guess += (wall - wallMinutes(guess)) * MINUTE_US;
  invariant(wallMinutes(guess) === wall, "a session boundary is a real Chicago time");
  return timeUs(guess);
}

/** Minutes of a Chicago day, as its calendar counts them. */
export const DAY = 1440;
/** The date of a day, counted since 1970: "2024-01-09". */
export const dateOf = (day: number): string =>
  new Date(day * 86_400_000).toISOString().slice(0, 10);
