import { type TimeUs, timeUs } from "@believe/shared/base";
import { dueByUs } from "@believe/shared/market";
import type { BrokerConfig } from "../config.ts";

/**
 * The newest opening time that somebody may have acted on. The research agent goes by the wall, which an agent that
 * stood still has not caught up with; a played tape has a time of its own.
 */
export function reachedOf(
  { clock }: Pick<BrokerConfig, "clock">,
  logUs: TimeUs,
  wallUs: TimeUs,
): TimeUs {
  return clock.kind === "tape" ? logUs : timeUs(Math.max(logUs, dueByUs(wallUs)));
}
