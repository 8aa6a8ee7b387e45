import { parseIsoUs, TimeFailure } from "@believe/shared/base";
import { reasonCode } from "@believe/shared/wire";
import { z } from "zod";
import { BLACKOUTS_MAX, type Blackout } from "./limits.ts";

function isInstant(text: string): boolean {
  try {
    return parseIsoUs(text) >= 0;
  } catch (cause) {
    if (cause instanceof TimeFailure) return false;
    throw cause;
  }
}

const instant = z.string().refine(isInstant, {
  error: "expected a UTC ISO-8601 time like 2024-01-31T18:55:00Z",
  abort: true,
});

/** One blackout as a person writes it, with UTC ISO-8601 times. */
const datedEvent = z
  .strictObject({ name: reasonCode, from: instant, until: instant })
  .transform(({ name, from, until }, ctx): Blackout => {
    const event = { name, fromUs: parseIsoUs(from), untilUs: parseIsoUs(until) };
    if (event.fromUs < event.untilUs) return event;
    ctx.addIssue({
      code: "custom",
      path: ["until"],
      message: "expected a blackout that ends after it begins",
    });
    return z.NEVER;
  });

/** A list of them. */
export const datedEvents = z.array(datedEvent).max(BLACKOUTS_MAX);
