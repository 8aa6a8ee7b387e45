import { ctInstant } from "./time.ts";

/** One exchange session as instants (microseconds): 17:00 CT of the day before to 16:00 CT of the trade date. */
export interface SessionSpan {
  readonly tradeDate: string;
  readonly startUs: number;
  readonly rthStartUs: number;
  readonly rthEndUs: number;
  readonly endUs: number;
  /** Regular hours end before 15:00 CT, as the status says. */
  readonly endsEarly: boolean;
}

interface SessionWords {
  readonly tradeDate: string;
  readonly phase: string;
  readonly next: { readonly atUs: number };
}

/** Draws the session of a status. While regular hours run, their end is the status's own next boundary. */
export function sessionSpan(session: SessionWords): SessionSpan {
  const { tradeDate } = session;
  const regular = ctInstant(tradeDate, "15:00");
  const said = session.phase === "rth" ? session.next.atUs : regular;
  const endsEarly = said < regular;
  return {
    tradeDate,
    startUs: ctInstant(tradeDate, "17:00", -1),
    rthStartUs: ctInstant(tradeDate, "08:30"),
    rthEndUs: endsEarly ? said : regular,
    endUs: ctInstant(tradeDate, "16:00"),
    endsEarly,
  };
}

/** Share of the session at an instant, 0 to 1, clipped to it. */
export function shareOf(span: SessionSpan, us: number): number {
  const share = (us - span.startUs) / (span.endUs - span.startUs);
  return Math.min(1, Math.max(0, share));
}
