import { DAY_US, HOUR_US, MINUTE_US, SECOND_US } from "@believe/shared/base";

const ZONE = "America/Chicago";
const MINUS = "\u2212";
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

const chicago = new Intl.DateTimeFormat("en-US", {
  timeZone: ZONE,
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

interface Wall {
  readonly date: string;
  readonly clock: string;
}

function wall(us: number): Wall {
  const parts: Record<string, string> = {};
  for (const part of chicago.formatToParts(Math.floor(us / 1000))) parts[part.type] = part.value;
  const { year, month, day, hour, minute, second } = parts;
  return { date: `${year}-${month}-${day}`, clock: `${hour}:${minute}:${second}` };
}

function offsetUs(us: number): number {
  const { date, clock } = wall(us);
  const seconds = Math.floor(us / SECOND_US);
  return Date.parse(`${date}T${clock}Z`) * 1000 - seconds * SECOND_US;
}

/** Which session an instant belongs to: 17:00 CT begins the next trade date, and minute 0 of it. */
export function sessionMinute(us: number): { readonly tradeDate: string; readonly minute: number } {
  const { date, clock } = wall(us);
  const minute = Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
  const begins = 17 * 60;
  if (minute < begins) return { tradeDate: date, minute: minute + 1440 - begins };
  const next = new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000);
  return { tradeDate: next.toISOString().slice(0, 10), minute: minute - begins };
}

/** Exchange time of day, HH:MM:SS. Every `us` here is microseconds since 1970. */
export function ctClock(us: number): string {
  return wall(us).clock;
}

export function ctMinute(us: number): string {
  return wall(us).clock.slice(0, 5);
}

/** HH:MM:SS.mmm, as events are printed. */
export function ctEvent(us: number): string {
  const millis = Math.floor((us % SECOND_US) / 1000);
  return `${wall(us).clock}.${String(millis).padStart(3, "0")}`;
}

/** "Wed 10 Jan 2024" of a date YYYY-MM-DD; "" for text that is no date. */
export function dateText(date: string): string {
  const at = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(at)) return "";
  const weekday = WEEKDAYS[Math.floor(at / 86_400_000 + 4) % 7];
  const [year, month, day] = date.split("-");
  return `${weekday} ${Number(day)} ${MONTHS[Number(month) - 1]} ${year}`;
}

export function ctDate(us: number): string {
  return dateText(wall(us).date);
}

/** Today's offset of exchange time: "UTC−6". */
export function ctOffset(us: number): string {
  const hours = offsetUs(us) / HOUR_US;
  return `UTC${hours < 0 ? MINUS : "+"}${Math.abs(hours)}`;
}

/** HH:MM:SS in UTC. */
export function utcClock(us: number): string {
  return new Date(Math.floor(us / 1000)).toISOString().slice(11, 19);
}

/** "2024-01-10 14:40:02 UTC". */
export function utcStamp(us: number): string {
  const iso = new Date(Math.floor(us / 1000)).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** The instant of a Chicago wall time: date YYYY-MM-DD, HH:MM, moved by whole days. */
export function ctInstant(date: string, clock: string, days = 0): number {
  const naive = Date.parse(`${date}T${clock}:00Z`) * 1000 + days * DAY_US;
  const first = naive - offsetUs(naive);
  return naive - offsetUs(first);
}

/** Below 10 s one decimal, below 120 s whole seconds, then two units. Never negative. */
export function age(us: number): string {
  const left = Math.max(0, us);
  if (left < 9_950_000) return `${(left / SECOND_US).toFixed(1)} s`;
  if (left < 120 * SECOND_US) return `${Math.floor(left / SECOND_US)} s`;
  return span(left);
}

/** Two units: "3 min 14 s", "1 h 7 min", "2 d 3 h". */
export function span(us: number): string {
  const left = Math.max(0, us);
  const whole = (unit: number) => Math.floor(left / unit);
  if (left < MINUTE_US) return `${whole(SECOND_US)} s`;
  if (left < HOUR_US) return `${whole(MINUTE_US)} min ${whole(SECOND_US) % 60} s`;
  if (left < DAY_US) return `${whole(HOUR_US)} h ${whole(MINUTE_US) % 60} min`;
  return `${whole(DAY_US)} d ${whole(HOUR_US) % 24} h`;
}

/** A limit as a whole number of its unit: "5 s", "90 s", "10 min". */
export function limit(us: number): string {
  return us > 120 * SECOND_US && us % MINUTE_US === 0
    ? `${us / MINUTE_US} min`
    : `${us / SECOND_US} s`;
}
