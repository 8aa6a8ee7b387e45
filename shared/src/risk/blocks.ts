import { MINUTE_US } from "@believe/shared/base";
import { defineLimit, type Limit, type RiskView } from "./limit.ts";
import type { Limits } from "./limits.ts";

/** The day's loss has reached its limit: entries end and the position is left. */
export const dailyLoss = defineLimit({
  name: "daily-loss",
  stops: (view, limits) => view.dayNetMinor <= -limits.dailyLossMinorMax,
});

/** The equity has fallen too far below its peak: entries end and the position is left. */
export const drawdown = defineLimit({
  name: "drawdown",
  stops: ({ equity }, { drawdownMinorMax, drawdownFrom }) => {
    const { intradayPeakMinor, endOfDayPeakMinor } = equity;
    const peak = drawdownFrom === "intraday-peak" ? intradayPeakMinor : endOfDayPeakMinor;
    return drawdownMinorMax !== null && peak - equity.minor >= drawdownMinorMax;
  },
});

export const consecutiveLosses = defineLimit({
  name: "consecutive-losses",
  stops: (view, limits) => view.losses >= limits.consecutiveLossesMax,
});

/** Every limit, in the order in which their reasons are journaled. All are evaluated; none depends on another. */
const all: readonly Limit[] = [
  defineLimit({ name: "stale-data", stops: (view) => !view.fresh }),
  defineLimit({ name: "no-quote", stops: (view) => !view.quoted }),
  defineLimit({ name: "outside-rth", stops: (view) => view.session.state.phase !== "rth" }),
  defineLimit({
    name: "near-boundary",
    stops: (view, limits) =>
      view.session.untilUs - view.nowUs <= limits.boundaryMinutes * MINUTE_US,
  }),
  defineLimit({
    name: "blackout",
    stops: ({ nowUs }, { blackouts }) =>
      blackouts.some(({ fromUs, untilUs }) => nowUs >= fromUs && nowUs < untilUs),
  }),
  defineLimit({ name: "roll-window", stops: ({ roll }) => roll === "rolling" }),
  defineLimit({ name: "expiry", stops: ({ roll }) => roll === "last-day" || roll === "expired" }),
  defineLimit({ name: "expiry-unknown", stops: ({ roll }) => roll === null }),
  defineLimit({ name: "orders-open", stops: (view) => view.ordersOpen }),
  defineLimit({
    name: "max-position",
    stops: (view, limits) =>
      Math.abs(view.lots) + view.foreignLots + limits.lots > limits.positionLotsMax,
  }),
  defineLimit({
    name: "max-notional",
    stops: ({ lots, lotValueMinor }, limits) =>
      lotValueMinor !== null &&
      (Math.abs(lots) + limits.lots) * Math.abs(lotValueMinor) > limits.notionalMinorMax,
  }),
  defineLimit({
    name: "order-rate",
    stops: (view, limits) => {
      const since = view.nowUs - MINUTE_US;
      return view.asked.filter((at) => at > since).length >= limits.ordersPerMinuteMax;
    },
  }),
  dailyLoss,
  drawdown,
  consecutiveLosses,
  defineLimit({ name: "venue-not-ready", stops: (view) => !view.venueReady }),
  defineLimit({ name: "order-unknown", stops: (view) => view.inDoubt }),
  defineLimit({ name: "killed", stops: (view) => view.killed }),
  defineLimit({ name: "close-only", stops: (view) => view.closeOnly }),
  defineLimit({ name: "not-armed", stops: (view) => !view.armed }),
];

/** Reason codes of every limit, in the order in which they are journaled. */
export const limitNames: readonly string[] = all.map(({ name }) => name);

/** Watchdogs whose barking concerns what is shown, not what is traded. */
const HARMLESS_DOGS: ReadonlySet<string> = new Set(["spool-growing", "clock-skew"]);

/** Reason codes of everything that stops a new entry now, watchdogs and standing halts last; empty when entries are allowed. */
export function entryBlocks(view: RiskView, limits: Limits): string[] {
  const reasons = all.filter((limit) => limit.stops(view, limits)).map((limit) => limit.name);
  const barking = view.barking.filter((dog) => !HARMLESS_DOGS.has(dog));
  return [...new Set([...reasons, ...barking, ...view.halts])];
}
