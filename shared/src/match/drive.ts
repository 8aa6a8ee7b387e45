import type { TimeUs } from "@believe/shared/base";
import type { TimedMarketEvent } from "@believe/shared/market";
import type { VenueEvent } from "@believe/shared/trade";
import type { PaperVenue } from "./paper-venue.ts";

/** Whatever comes from outside the venue at one instant of the market clock. */
export type OutsideEvent =
  | TimedMarketEvent
  | { readonly kind: "clock"; readonly tsUs: TimeUs }
  | { readonly kind: "freshness"; readonly tsUs: TimeUs; readonly fresh: boolean };

/**
 * Steps everything that one outside event brings, in the order of the capture: the venue's answers that are due by
 * then, the event itself, and what it fills. `step` captures, steps the engine, makes its drafts durable and only
 * then submits its intents, before it returns.
 */
export function drive(
  venue: PaperVenue,
  event: OutsideEvent,
  step: (event: OutsideEvent | VenueEvent) => void,
): void {
  for (let due = venue.due(event.tsUs); due; due = venue.due(event.tsUs)) step(due);
  step(event);
  switch (event.kind) {
    case "clock":
    case "freshness":
      return;
    case "trade":
    case "quote":
    case "book":
    case "gap":
      for (const word of venue.onMarket(event)) step(word);
  }
}
