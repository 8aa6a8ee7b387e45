import { MESSAGES_PER_REQUEST, METERS, OBJECT_GB, type Use } from "./plans.ts";

const DAY_S = 86_400;

/** What happens at the edge; each is measured by itself. */
export const EVENTS = [
  "leaf",
  "status",
  "research",
  "follow",
  "figures",
  "pending",
  "page",
  "socket",
  "click",
] as const;
export type EdgeEvent = (typeof EVENTS)[number];

/** How often each happens in a day, and how many dashboards stay open all day. */
export interface Day extends Readonly<Record<EdgeEvent, number>> {
  readonly dashboards: number;
}

/** The day that the edge was designed for: 23 hours of minutes, a batch every 5 s, a busy site. */
export const DESIGN_DAY: Day = {
  leaf: 1_380,
  // statusMs of broker.toml and of research.toml: 5 s.
  status: DAY_S / 5,
  research: DAY_S / 5,
  // followMs of research.toml: 2 s.
  follow: DAY_S / 2,
  figures: 500,
  pending: 500,
  page: 30_000,
  // Each page that is looked at opens one.
  socket: 30_000,
  click: 50_000,
  dashboards: 200,
};

/** A page that is open says "ping" every 20 s (pages/dashboard/live-feed.ts). */
const PING_S = 20;
/** The dated copy of the public state, at most every two minutes (worker/src/objects/live-do.ts): one row, one key. */
const COPIES = DAY_S / 120;

const NOTHING: Use = {
  requests: 0,
  objectRequests: 0,
  rowsWritten: 0,
  kvReads: 0,
  kvWrites: 0,
  objectSeconds: 0,
};

export function added(a: Use, b: Use, times = 1): Use {
  const sum = { ...a };
  for (const meter of METERS) sum[meter] += times * b[meter];
  return sum;
}

/** What no single event causes: the copies, the pings, and the one object that is awake all day. */
function standing({ dashboards }: Day): Use {
  return {
    ...NOTHING,
    objectRequests: (dashboards * DAY_S) / PING_S / MESSAGES_PER_REQUEST,
    rowsWritten: COPIES,
    kvWrites: COPIES,
    objectSeconds: DAY_S * OBJECT_GB,
  };
}

/** Scales what one event of each kind was measured to use to a whole day. */
export function dayOf(each: Readonly<Record<EdgeEvent, Use>>, day: Day): Use {
  return EVENTS.reduce((sum, event) => added(sum, each[event], day[event]), standing(day));
}
