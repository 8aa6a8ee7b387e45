import { SECOND_US } from "@believe/shared/base";
import { defineWatchdog, type Sight, type Watchdog } from "./watchdog.ts";

/** Leaves that pile up for half an hour mean that the record does not leave the machine. */
const QUEUED_LEAVES_MAX = 30;
const SKEW_WARN_MS = 2_000;
const SKEW_STOP_MS = 30_000;
const MISMATCH_US = 10 * SECOND_US;
const UNKNOWN_US = 30 * SECOND_US;
const UNPROTECTED_US = 2 * SECOND_US;

function longer(sinceUs: number | null, { nowUs }: Sight, limitUs: number): boolean {
  return sinceUs !== null && nowUs - sinceUs > limitUs;
}

/** Every watchdog, in the order in which they are shown. A new one is a value here. */
export const watchdogs: readonly Watchdog[] = [
  defineWatchdog({
    name: "position-without-stop",
    severity: "critical",
    audience: "operator",
    stopsEntries: true,
    means: "a position has had no resting stop at the venue for more than 2 s",
    barks: (sight) => longer(sight.unprotectedSinceUs, sight, UNPROTECTED_US),
  }),
  defineWatchdog({
    name: "position-mismatch",
    severity: "critical",
    audience: "operator",
    stopsEntries: true,
    means: "our position has not been the venue's for more than 10 s",
    barks: (sight) => longer(sight.mismatchSinceUs, sight, MISMATCH_US),
  }),
  defineWatchdog({
    name: "unknown-too-long",
    severity: "critical",
    audience: "operator",
    stopsEntries: true,
    means: "an order has been in doubt for more than 30 s",
    barks: (sight) => longer(sight.unknownSinceUs, sight, UNKNOWN_US),
  }),
  defineWatchdog({
    name: "venue-not-alive",
    severity: "critical",
    audience: "public",
    stopsEntries: true,
    means: "the link to the venue is not ready while the exchange is open",
    barks: ({ isOpen, linkReady }) => isOpen && !linkReady,
  }),
  defineWatchdog({
    name: "feed-stale",
    severity: "critical",
    audience: "public",
    stopsEntries: true,
    means: "no fresh market row while the exchange is open",
    barks: ({ isOpen, feedFresh }) => isOpen && !feedFresh,
  }),
  defineWatchdog({
    name: "disk-low",
    severity: "critical",
    audience: "public",
    stopsEntries: true,
    means: "the disk has no room for the record of another trade",
    barks: ({ diskLow }) => diskLow,
  }),
  defineWatchdog({
    name: "clock-wrong",
    severity: "critical",
    audience: "public",
    stopsEntries: true,
    means: "this machine's clock is more than 30 s from the edge's",
    barks: ({ clockSkewMs }) => Math.abs(clockSkewMs) > SKEW_STOP_MS,
  }),
  defineWatchdog({
    name: "clock-skew",
    severity: "warning",
    audience: "public",
    stopsEntries: false,
    means: "this machine's clock is more than 2 s from the edge's",
    barks: ({ clockSkewMs }) => Math.abs(clockSkewMs) > SKEW_WARN_MS,
  }),
  defineWatchdog({
    name: "spool-growing",
    severity: "warning",
    audience: "public",
    stopsEntries: false,
    means: "more than 30 leaves wait to leave this machine",
    barks: ({ queuedLeaves }) => queuedLeaves > QUEUED_LEAVES_MAX,
  }),
];
