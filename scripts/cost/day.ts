import { MESSAGES_PER_REQUEST, METERS, OBJECT_GB, type Use } from "./plans.ts";

const DAY_S = 86_400;

/** What happens at the edge; each is measured by itself. */
export const EVENTS = [
  "leaf",
  "follow",
  "look",
  "status",
  "research",
  "figures",
  "pending",
  "visit",
  "click",
] as const;
export type EdgeEvent = (typeof EVENTS)[number];

/** How often each happens in a day, and how many dashboards stay open all day. */
export interface Day extends Readonly<Record<EdgeEvent, number>> {
  readonly dashboards: number;
}

const LEAVES = 1_380;

/** The day that the edge was designed for: 23 hours of minutes, a batch every 5 s, a busy site. */
export const DESIGN_DAY: Day = {
  // Pushed, opened and cosigned by the research host.
  leaf: LEAVES,
  // The research host reads each leaf; all its other looks (followMs of research.toml: 30 s) find nothing new.
  follow: LEAVES,
  look: DAY_S / 30 - LEAVES,
  // statusMs of broker.toml: 5 s; of research.toml: 30 s.
  status: DAY_S / 5,
  research: DAY_S / 30,
  figures: 500,
  pending: 500,
  // The page, and what its feed asks for; each visit's clicks come in one report.
  visit: 30_000,
  // Reports of visits that clicked: 50,000 clicks.
  click: 20_000,
  dashboards: 200,
};

/** A page says "ping" after 20 s in which it was told nothing (pages/dashboard/live-feed.ts). */
const PING_S = 20;
/** The dated copy of the public state, at most every two minutes (worker/src/objects/live-do.ts): one row, one key. */
const COPIES = DAY_S / 120;
/**
 * The alarm that looks for broken leases (worker/src/objects/live-do.ts): 60 s after the end of a lease of 15 s, and
 * set again by the newest status, whose lease has 10 s left at the least. One request and one row each.
 */
const WAKES = DAY_S / 70;

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

/** One cause and what it uses in a day. */
export interface Part {
  readonly name: string;
  readonly perDay: number;
  readonly use: Use;
}

/** What no single event causes: alarms, copies, pings, and the one object that is awake all day. */
function standing({ dashboards, status }: Day): readonly Part[] {
  const pings = DAY_S / status < PING_S ? 0 : (dashboards * DAY_S) / PING_S;
  return [
    { name: "wake", perDay: WAKES, use: { ...NOTHING, objectRequests: WAKES, rowsWritten: WAKES } },
    { name: "copy", perDay: COPIES, use: { ...NOTHING, rowsWritten: COPIES, kvWrites: COPIES } },
    {
      name: "ping",
      perDay: pings,
      use: { ...NOTHING, objectRequests: pings / MESSAGES_PER_REQUEST },
    },
    { name: "awake", perDay: 1, use: { ...NOTHING, objectSeconds: DAY_S * OBJECT_GB } },
  ];
}

/** What each cause takes: one of each event as it was measured, as often as it happens, and what stands all day. */
export function partsOf(each: Readonly<Record<EdgeEvent, Use>>, day: Day): readonly Part[] {
  const happening = EVENTS.map((name): Part => {
    const perDay = day[name];
    return { name, perDay, use: added(NOTHING, each[name], perDay) };
  });
  return [...happening, ...standing(day)];
}

/** A whole day: the sum of its parts. */
export function dayOf(each: Readonly<Record<EdgeEvent, Use>>, day: Day): Use {
  return partsOf(each, day).reduce((sum, { use }) => added(sum, use), NOTHING);
}
