import { ctDate, ctMinute, dateText, span } from "../ui/time.ts";
import { readValue } from "./document.ts";
import type { LiveView } from "./view.ts";

const BEGINS = {
  eth: "ETH opens",
  rth: "RTH opens",
  break: "The break begins",
  closed: "The week closes",
};

/** What the next boundary of the session is called: the end of regular hours is a close, not an opening. */
function boundary(phase: string, next: keyof typeof BEGINS): string {
  return phase === "rth" ? "RTH closes" : BEGINS[next];
}

/** The exchange session as the status says it: the next boundary, in market time. */
export function SessionClock({ view }: { view: LiveView }) {
  const status = readValue(view.broker);
  const session = status?.session ?? null;
  const marketUs = status?.marketUs ?? null;
  if (!session || marketUs === null) {
    return (
      <p class="clock">
        <b>Session not known yet</b>
        <span>the first status says it</span>
      </p>
    );
  }
  const { phase, next, tradeDate } = session;
  const at = ctDate(next.atUs) === dateText(tradeDate) ? "" : ` ${ctDate(next.atUs).slice(0, 3)}`;
  return (
    <p class="clock">
      <b>
        {boundary(phase, next.phase)} in {span(next.atUs - marketUs)}
      </b>
      <span>
        at {ctMinute(next.atUs)} CT{at} · trade date {dateText(tradeDate)}
      </span>
    </p>
  );
}
