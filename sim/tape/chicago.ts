import { MINUTE_US, type TimeUs, timeUs } from "@believe/shared/base";

const clock = new Intl.DateTimeFormat("en-CA", {
  timeZone: "America/Chicago",
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
});

function wallMinutes(at: number): number {
  const parts = new Map(clock.formatToParts(at / 1000).map((part) => [part.type, part.value]));
  const day = `${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`;
  return Date.parse(`${day}T${parts.get("hour")}:${parts.get("minute")}:00Z`) / 60_000;
}

/** The instant at which clocks in Chicago show `minute` minutes after midnight of `day` ("2024-01-09"). */
export function chicagoUs(day: string, minute: number): TimeUs {
  const wanted = Date.parse(`${day}T00:00:00Z`) / 60_000 + minute;
  let at = wanted * MINUTE_US;
  // Twice: the first correction may cross a change of the offset.
  for (let i = 0; i < 2; i++) at += (wanted - wallMinutes(at)) * MINUTE_US;
  return timeUs(at);
}

/** The calendar day after `day`. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
