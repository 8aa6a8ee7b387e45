import { type SessionSpan, shareOf } from "./session-span.ts";
import { ctClock, ctInstant, ctMinute, dateText, utcClock } from "./time.ts";

/** A stretch of market time, [from, to) in microseconds. */
export interface Stretch {
  readonly fromUs: number;
  readonly toUs: number;
}

export interface RailFacts {
  readonly span: SessionSpan | null;
  readonly nowUs: number | null;
  /** Minutes whose leaves the log holds. */
  readonly sealed: Stretch | null;
  /** Minutes that were lived and are not in the log yet. */
  readonly pending: Stretch | null;
  /** The part of `sealed` that the policy's quorum cosigned; null where there is none. */
  readonly witnessed: Stretch | null;
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;
const TICKS = [
  { clock: "17:00", days: -1, place: "always", day: true },
  { clock: "20:00", days: -1, place: "wide" },
  { clock: "23:00", days: -1, place: "wide" },
  { clock: "02:00", days: 0, place: "wide" },
  { clock: "05:00", days: 0, place: "wide" },
  { clock: "08:30", days: 0, place: "always" },
  { clock: "10:00", days: 0, place: "wide" },
  { clock: "12:00", days: 0, place: "wide" },
  { clock: "15:00", days: 0, place: "always" },
  { clock: "16:00", days: 0, place: "desk", last: true },
] as const;

function Band({ span, stretch, kind }: { span: SessionSpan; stretch: Stretch; kind: string }) {
  const from = shareOf(span, stretch.fromUs);
  const width = shareOf(span, stretch.toUs) - from;
  return width > 0 ? (
    <rect class={`band-${kind}`} x={percent(from)} y="36" width={percent(width)} height="6" />
  ) : null;
}

function Axis({ span }: { span: SessionSpan }) {
  return (
    <>
      {TICKS.map((tick) => {
        const share = shareOf(span, ctInstant(span.tradeDate, tick.clock, tick.days));
        const day = "day" in tick ? ` CT ${dateText(span.tradeDate) ? dayBefore(span) : ""}` : "";
        return (
          <text
            key={tick.clock}
            class={`axis rail-${tick.place}`}
            x={percent(share)}
            y="58"
            text-anchor={"day" in tick ? "start" : "last" in tick ? "end" : "middle"}
          >
            {tick.clock}
            {day}
          </text>
        );
      })}
    </>
  );
}

function dayBefore(span: SessionSpan): string {
  const at = new Date(Math.floor(span.startUs / 1000)).toISOString().slice(0, 10);
  return dateText(at).slice(0, 3);
}

function Now({ span, nowUs }: { span: SessionSpan; nowUs: number }) {
  const share = shareOf(span, nowUs);
  const x = percent(share);
  const end = share > 0.5;
  return (
    <>
      <line class="rail-now" x1={x} x2={x} y1="3" y2="46" />
      <text
        class="axis rail-clock"
        x={x}
        y="12"
        dx={end ? -7 : 7}
        text-anchor={end ? "end" : "start"}
      >
        {ctClock(nowUs)} CT
        <tspan class="rail-wide"> · {utcClock(nowUs)} UTC</tspan>
      </text>
    </>
  );
}

function label(facts: RailFacts): string {
  const { span, nowUs, sealed, witnessed } = facts;
  if (!span) return "Session rail: the session is not known yet";
  const now = nowUs === null ? "" : ` Now ${ctClock(nowUs)} CT.`;
  const band = sealed
    ? ` Leaves in the log from ${ctMinute(sealed.fromUs)} to ${ctMinute(sealed.toUs)} CT, sealed, ${witnessed ? `witnessed to ${ctMinute(witnessed.toUs)} CT` : "no witness yet"}.`
    : " No leaf in the log in this session yet.";
  return `Session of ${dateText(span.tradeDate)}, 17:00 to 16:00 CT.${now}${band}`;
}

/** The session as one line: record band, regular hours washed, now as an ink line. Static SVG, widths in percent. */
export function SessionRail(facts: RailFacts) {
  const { span, nowUs, sealed, pending, witnessed } = facts;
  return (
    <svg class="rail" width="100%" height="64" role="img" aria-label={label(facts)}>
      {span ? (
        <>
          <rect
            class="rail-rth"
            x={percent(shareOf(span, span.rthStartUs))}
            y="18"
            width={percent(shareOf(span, span.rthEndUs) - shareOf(span, span.rthStartUs))}
            height="24"
          />
          <text class="axis rail-wide" x="0" y="12">
            ETH
          </text>
          <RthName span={span} nowUs={nowUs} />
        </>
      ) : (
        <text class="axis" x="0" y="12">
          Session not known yet
        </text>
      )}
      <line class="rail-future" x1="0" x2="100%" y1="41.5" y2="41.5" />
      {span && sealed ? <Band span={span} stretch={sealed} kind="sealed" /> : null}
      {span && witnessed ? <Band span={span} stretch={witnessed} kind="witnessed" /> : null}
      {span && pending ? <Band span={span} stretch={pending} kind="pending" /> : null}
      {span ? <Axis span={span} /> : null}
      {span && nowUs !== null ? <Now span={span} nowUs={nowUs} /> : null}
    </svg>
  );
}

function RthName({ span, nowUs }: { span: SessionSpan; nowUs: number | null }) {
  const rth = shareOf(span, span.rthStartUs);
  const now = nowUs === null ? null : shareOf(span, nowUs);
  const hidden = now !== null && now > rth - 0.02 && now < rth + 0.24;
  return hidden ? null : (
    <text class="axis rail-wide" x={percent(rth)} y="12">
      {span.endsEarly ? `RTH, early close ${ctMinute(span.rthEndUs)} CT` : "RTH"}
    </text>
  );
}
