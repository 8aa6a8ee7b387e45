import type { TimeUs } from "@believe/shared/base";
import type { MarketEvent } from "@believe/shared/market";
import type { CommandEvent, VenueEvent, WatchEvent } from "@believe/shared/trade";
import type { ResumeState } from "./resume-state.ts";

/** First event of every capture segment: everything that the engine needs to go on. */
export interface ResumeEvent {
  readonly kind: "resume";
  readonly tsUs: TimeUs;
  readonly state: ResumeState;
}

/** The market clock in silence: fires the timers that are due. */
export interface ClockEvent {
  readonly kind: "clock";
  readonly tsUs: TimeUs;
}

/** Verdict of the freshness gate: the only thing that wall time may say to a decision. */
export interface FreshnessEvent {
  readonly kind: "freshness";
  readonly tsUs: TimeUs;
  readonly fresh: boolean;
}

/**
 * What the engine sees, at one instant of its market clock. Captured in the order in which it was seen, which is
 * (tsUs, source rank, sequence): at one instant resume comes before freshness and watch, these before a person's
 * command, that before the words of the venue,
 * these before the market event, that before the executions that it brings, and clock last; within a rank the order
 * of arrival.
 */
export type EngineEvent =
  | ResumeEvent
  | ClockEvent
  | FreshnessEvent
  | WatchEvent
  | CommandEvent
  | VenueEvent
  | ({ readonly tsUs: TimeUs } & MarketEvent);
