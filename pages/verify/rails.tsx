import { counted, countText } from "../ui/number.ts";
import { Panel } from "../ui/panel.tsx";
import { dateText } from "../ui/time.ts";
import type { Run, Session } from "./protocol.ts";

const MINUTES = 1380;
/** Sessions that are drawn; older ones are counted in one line unless something is wrong in them. */
const SHOWN_MAX = 20;
const percent = (minutes: number) => `${((100 * minutes) / MINUTES).toFixed(3)}%`;

const TROUBLE: ReadonlySet<Run["kind"]> = new Set(["bad", "gap", "overdue"]);

/** A mark in a notch of 4 px at least, so that one minute in 1,380 is seen. What is overdue is red all along. */
function Trouble({ run }: { run: Run }) {
  const place = { x: percent(run.from), width: percent(run.to - run.from) };
  return (
    <>
      <rect class="run-notch" {...place} y="2" height="10" />
      {run.kind === "overdue" ? <rect class="run-overdue" {...place} y="4" height="6" /> : null}
      <svg x={percent((run.from + run.to) / 2)} y="7" overflow="visible" aria-hidden="true">
        <path class={`run-${run.kind}`} d="M0-5 5 0 0 5-5 0Z" />
      </svg>
    </>
  );
}

function Rail({ session }: { session: Session }) {
  const plain = session.runs.filter(({ kind }) => !TROUBLE.has(kind));
  const troubled = session.runs.filter(({ kind }) => TROUBLE.has(kind));
  return (
    <svg class="lane" width="100%" height="14" aria-hidden="true" focusable="false">
      <rect class="rail-rth" x={percent(930)} width={percent(390)} y="0" height="14" />
      <line class="rail-future" x1="0" x2="100%" y1="9.5" y2="9.5" />
      {plain.map(({ kind, from, to }) => (
        <rect
          key={from}
          class={`run-${kind}`}
          x={percent(from)}
          y="4"
          width={percent(to - from)}
          height="6"
        />
      ))}
      {troubled.map((run) => (
        <Trouble key={run.from} run={run} />
      ))}
    </svg>
  );
}

function isRed({ bad, overdue }: Session): boolean {
  return bad > 0 || overdue > 0;
}

function shortDate(tradeDate: string): string {
  return dateText(tradeDate).replace(/ \d{4}$/, "");
}

/** What the row says in words; it carries everything that the rail shows. */
export function sessionWords(session: Session): string {
  const { leaves, checked, bad, overdue, missing } = session;
  const gap = missing > 0 ? `, ${countText(missing)} min missing` : "";
  const late = overdue > 0 ? `${countText(overdue)} overdue` : "";
  if (bad > 0) {
    const differs = `${counted(bad, "minute")} ${bad === 1 ? "differs" : "differ"}`;
    return `${differs}${late === "" ? "" : `, ${late}`}${gap}`;
  }
  if (late !== "") return `${late}, not opened${gap}`;
  if (checked === 0) return `waiting, ${countText(leaves)}${gap}`;
  if (checked < leaves) return `${countText(checked)} of ${countText(leaves)}${gap}`;
  return `${countText(leaves)}${gap}`;
}

function Tick() {
  return (
    <svg class="tick" viewBox="0 0 10 10" width="10" height="10" role="img">
      <title>all checked:</title>
      <path d="M1 5.4 3.8 8.2 9 1.8" />
    </svg>
  );
}

function Row({ session }: { session: Session }) {
  const whole = !isRed(session) && session.checked === session.leaves;
  return (
    <li class={isRed(session) ? "lane-row is-bad" : "lane-row"}>
      <span class="lane-date">{shortDate(session.tradeDate)}</span>
      <Rail session={session} />
      <span class="lane-words">
        {whole ? <Tick /> : null} {sessionWords(session)}
      </span>
    </li>
  );
}

function Earlier({ sessions }: { sessions: readonly Session[] }) {
  if (sessions.length === 0) return null;
  const leaves = sessions.reduce((sum, { leaves: one }) => sum + one, 0);
  const checked = sessions.reduce((sum, { checked: one }) => sum + one, 0);
  return (
    <p class="lane-earlier">
      {counted(sessions.length, "earlier session")}: {countText(checked)} of{" "}
      {counted(leaves, "leaf", "leaves")} checked, none differs.
    </p>
  );
}

/** The progress, drawn on the record itself: one rail a session, one pixel a leaf. */
export function Rails({ sessions }: { sessions: readonly Session[] }) {
  const newest = sessions.slice(-SHOWN_MAX);
  const older = sessions.slice(0, -SHOWN_MAX);
  const shown = [...older.filter(isRed), ...newest];
  return (
    <Panel
      id="rails"
      category="core"
      title="Session by session"
      note="17:00 to 16:00 CT; a minute is a leaf; green is what your browser has recomputed"
    >
      {sessions.length === 0 ? (
        <p class="empty">No session yet. The rails are drawn as the leaves arrive.</p>
      ) : (
        <>
          <Earlier sessions={older.filter((session) => !isRed(session))} />
          <ul class="lanes">
            {shown.map((session) => (
              <Row key={session.tradeDate} session={session} />
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}
