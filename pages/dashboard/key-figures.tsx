import { ProofMark } from "../ui/mark.tsx";
import { Money } from "../ui/money.tsx";
import { counted, countText, lotsText, money, pointsText, price } from "../ui/number.ts";
import { age, dateText, limit } from "../ui/time.ts";
import { conditionOf, feedQuietUs, standingOf } from "./condition.ts";
import { readValue } from "./document.ts";
import { JournalLink } from "./journal-link.tsx";
import { Absent, KeyFigure } from "./key-figure.tsx";
import { mainPosition, openResult, type PositionLine, stoppedResult } from "./position.ts";
import { copyTime } from "./sentence.ts";
import type { LiveView } from "./view.ts";

interface Props {
  readonly view: LiveView;
}

function proofOf(view: LiveView, source: "broker" | "figures") {
  const document = view[source];
  return document.state === "read" ? document.proof : null;
}

const entriesText = (entries: { first: number; last: number }) =>
  `#${entries.first}\u2013#${entries.last}`;

function DayFigure({ view }: Props) {
  const figures = readValue(view.figures);
  const date = figures?.day.tradeDate ?? null;
  return (
    <KeyFigure
      category="core"
      label="Day P&L, net"
      proof={proofOf(view, "figures")}
      standing={standingOf(view, "figures", true)}
      dated={`as of ${copyTime(view)}`}
      cause={
        figures ? (
          <>
            {counted(figures.day.trades, "trade")}
            {date ? `, ${dateText(date).slice(0, -5)}` : ""} ·{" "}
            <span class="journal">
              {entriesText(figures.entries)} <ProofMark kind={view.figuresMark} />
            </span>
          </>
        ) : (
          "the first signed figures fill this"
        )
      }
    >
      {figures ? <Money decimal={figures.day.net} /> : <Absent word="none" />}
    </KeyFigure>
  );
}

function openCause(line: PositionLine | null): string {
  if (!line || line.lots === 0) return "no open lots";
  if (line.averagePrice === null || line.last === null) return "no last price yet";
  const points = (Number(line.last) - Number(line.averagePrice)) * Math.sign(line.lots);
  return `${Math.abs(line.lots)} × ${pointsText(points)} pt, before exit fee`;
}

function OpenFigure({ view, line }: Props & { line: PositionLine | null }) {
  const result = line ? openResult(line) : null;
  return (
    <KeyFigure
      category="core"
      label="Open P&L"
      proof={proofOf(view, "broker")}
      standing={standingOf(view, "broker", true)}
      dated={`as of ${copyTime(view)}`}
      cause={openCause(line)}
    >
      {result === null ? <Absent word="none" /> : <Money decimal={result} />}
    </KeyFigure>
  );
}

function PositionFigure({ view, line }: Props & { line: PositionLine | null }) {
  const status = readValue(view.broker);
  const last = view.fills[0];
  const withheld = status?.positions === null;
  const value = () => {
    if (!status || withheld) return <Absent word={withheld ? "not shown" : "none"} />;
    if (!line || line.lots === 0) return "flat";
    return (
      <>
        {lotsText(line.lots)} <small>{line.symbol}</small>
      </>
    );
  };
  return (
    <KeyFigure
      category="core"
      label="Position"
      proof={proofOf(view, "broker")}
      standing={standingOf(view, "broker")}
      dated={`at ${copyTime(view)}`}
      cause={
        last && !withheld ? (
          <>
            last fill <JournalLink seq={last.seq} mark={last.mark} leaf={last.leaf} />
          </>
        ) : (
          "no fill in the journal yet"
        )
      }
    >
      {value()}
    </KeyFigure>
  );
}

function RealisedFigure({ view }: Props) {
  const figures = readValue(view.figures);
  return (
    <KeyFigure
      category="core"
      label="Realised, net"
      proof={proofOf(view, "figures")}
      standing={standingOf(view, "figures")}
      dated={`at ${copyTime(view)}`}
      cause={
        figures
          ? `gross ${money(figures.gross).text} · fees ${money(figures.fees).text.replace("+", "")}`
          : "the first signed figures fill this"
      }
    >
      {figures ? <Money decimal={figures.net} /> : <Absent word="none" />}
    </KeyFigure>
  );
}

function StoppedFigure({ view, line }: Props & { line: PositionLine }) {
  const result = stoppedResult(line);
  return (
    <KeyFigure
      category="core"
      label={line.stop === null ? "If stopped" : `If stopped at ${price(line.stop)}`}
      proof={proofOf(view, "broker")}
      standing={standingOf(view, "broker")}
      dated={`at ${copyTime(view)}`}
      cause={result === null ? "no stop is known for these lots" : "net of the fees of both sides"}
    >
      {result === null ? (
        <Absent word="none" />
      ) : (
        <>
          <Money decimal={result} plain /> <small>net</small>
        </>
      )}
    </KeyFigure>
  );
}

function TradesFigure({ view }: Props) {
  const figures = readValue(view.figures);
  return (
    <KeyFigure
      category="trade"
      label="Trades"
      proof={proofOf(view, "figures")}
      standing={standingOf(view, "figures")}
      dated={`at ${copyTime(view)}`}
      cause={
        figures
          ? `${counted(figures.fills, "fill")} · ${entriesText(figures.entries)}`
          : "none closed yet"
      }
    >
      {figures ? (
        <>
          {countText(figures.trades)} <small>{countText(figures.wins)} won</small>
        </>
      ) : (
        <Absent word="none" />
      )}
    </KeyFigure>
  );
}

function LastFigure({ view, line }: Props & { line: PositionLine | null }) {
  const status = readValue(view.broker);
  const stale = conditionOf(view).kind === "feed-stale";
  const quiet = age(feedQuietUs(view));
  const after = status ? limit(status.feed.staleAfterUs) : "";
  return (
    <KeyFigure
      category="data"
      label={line ? `Last ${line.symbol}` : "Last price"}
      proof={proofOf(view, "broker")}
      standing={standingOf(view, "broker", true)}
      dated={stale ? `${quiet} ago, stale after ${after}` : `at ${copyTime(view)}`}
      cause={
        line?.last
          ? `${quiet} old when signed · stale after ${after}`
          : "the first trade fills this"
      }
    >
      {line?.last ? price(line.last) : <Absent word="none" />}
    </KeyFigure>
  );
}

/** The six key figures, each in its final box from the first paint on. */
export function KeyFigures({ view }: Props) {
  const status = readValue(view.broker);
  const line = status ? mainPosition(status) : null;
  return (
    <section class="figures-section" id="figures" aria-label="Key figures" tabIndex={-1}>
      <dl class="figures">
        <DayFigure view={view} />
        <OpenFigure view={view} line={line} />
        <PositionFigure view={view} line={line} />
        <RealisedFigure view={view} />
        {line && line.lots !== 0 ? (
          <StoppedFigure view={view} line={line} />
        ) : (
          <TradesFigure view={view} />
        )}
        <LastFigure view={view} line={line} />
      </dl>
    </section>
  );
}
