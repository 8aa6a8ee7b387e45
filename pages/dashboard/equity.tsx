import type { Figures } from "@believe/shared/wire";
import { ProofMark } from "../ui/mark.tsx";
import { Money } from "../ui/money.tsx";
import { counted, money } from "../ui/number.ts";
import { Panel } from "../ui/panel.tsx";
import { ctDate, ctMinute } from "../ui/time.ts";
import { standingOf } from "./condition.ts";
import { type EquityLine, equityLine } from "./equity-line.ts";
import { SignatureMark } from "./key-figure.tsx";
import type { LiveView } from "./view.ts";

const TABLE_ROWS = 20;
const HEIGHT = 150;

function axisMoney(usd: number): string {
  return money(String(usd)).text.replace(/\.\d\d$/, "");
}

function Grid({ drawing }: { drawing: EquityLine }) {
  return (
    <>
      {drawing.ticks.map(({ usd, y }) => (
        <g key={usd}>
          <line
            class={usd === 0 ? "grid-zero" : "grid"}
            x1="0"
            x2="100%"
            y1={16 + (y / 100) * HEIGHT}
            y2={16 + (y / 100) * HEIGHT}
          />
          <text class="axis" x="100%" y={12 + (y / 100) * HEIGHT} text-anchor="end">
            {axisMoney(usd)}
          </text>
        </g>
      ))}
    </>
  );
}

function Steps({ drawing }: { drawing: EquityLine }) {
  return (
    <svg
      x="0"
      y="16"
      width="94%"
      height={HEIGHT}
      viewBox="0 0 1000 100"
      preserveAspectRatio="none"
      overflow="visible"
      aria-hidden="true"
    >
      <defs>
        <clipPath id="over-zero">
          <rect x="0" y="-5" width="1000" height={drawing.zeroY + 5} />
        </clipPath>
        <clipPath id="under-zero">
          <rect x="0" y={drawing.zeroY} width="1000" height={105 - drawing.zeroY} />
        </clipPath>
      </defs>
      <g clip-path="url(#over-zero)">
        <path class="area-gain" d={drawing.area} />
        <path class="line-gain" d={drawing.line} vector-effect="non-scaling-stroke" />
      </g>
      <g clip-path="url(#under-zero)">
        <path class="area-loss" d={drawing.area} fill="url(#loss-hatch)" />
        <path class="line-loss" d={drawing.line} vector-effect="non-scaling-stroke" />
      </g>
    </svg>
  );
}

function Chart({ points }: { points: Figures["equity"] }) {
  const drawing = equityLine(points.map((point) => Number(point.net)));
  const first = points[0];
  const last = points.at(-1);
  return (
    <svg
      class="equity-chart"
      width="100%"
      height={HEIGHT + 40}
      role="img"
      aria-label="Realised net after each trade"
    >
      <defs>
        <pattern id="loss-hatch" width="10" height="4" patternUnits="userSpaceOnUse">
          <path class="hatch-loss" d="M-2.5 5 12.5 -1M-2.5 1 2.5 -1M7.5 5 12.5 3" />
        </pattern>
      </defs>
      <Grid drawing={drawing} />
      <Steps drawing={drawing} />
      <circle class="line-end" cx="94%" cy={16 + (drawing.endY / 100) * HEIGHT} r="3.5" />
      {first && last ? (
        <>
          <text class="axis" x="0" y={HEIGHT + 36}>
            {ctMinute(first.atUs)} CT {ctDate(first.atUs)}
          </text>
          <text class="axis" x="94%" y={HEIGHT + 36} text-anchor="end">
            {ctMinute(last.atUs)} CT {ctDate(last.atUs)}
          </text>
        </>
      ) : null}
    </svg>
  );
}

function PointTable({ points }: { points: Figures["equity"] }) {
  const shown = points.slice(-TABLE_ROWS).reverse();
  return (
    <details class="table-of">
      <summary data-click="equity-table">Table</summary>
      <table>
        <caption>
          The latest {shown.length} of {counted(points.length, "trade")}
        </caption>
        <thead>
          <tr>
            <th scope="col">Journal line</th>
            <th scope="col">Closed, CT</th>
            <th scope="col" class="number">
              Realised, net
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((point) => (
            <tr key={point.seq}>
              <td>#{point.seq}</td>
              <td>
                {ctMinute(point.atUs)} {ctDate(point.atUs)}
              </td>
              <td class="number">
                <Money decimal={point.net} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Sums({ figures }: { figures: Figures }) {
  return (
    <table class="sums">
      <thead>
        <tr>
          <th scope="col">Strategy</th>
          <th scope="col" class="number">
            Trades
          </th>
          <th scope="col" class="number">
            Won
          </th>
          <th scope="col" class="number">
            Net of fees
          </th>
        </tr>
      </thead>
      <tbody>
        {figures.byStrategy.map((row) => (
          <tr key={row.strategy}>
            <th scope="row">{row.strategy}</th>
            <td class="number">{row.trades}</td>
            <td class="number">{row.wins}</td>
            <td class="number">
              <Money decimal={row.net} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Realised result after each trade, as the signed figures document says it. */
export function Equity({ view }: { view: LiveView }) {
  const { figures: document } = view;
  const figures = document.state === "read" ? document.value : null;
  return (
    <Panel
      id="equity"
      category="core"
      title="Realised, net of fees"
      note={
        figures ? (
          <>
            USD, entries #{figures.entries.first}
            {"\u2013"}#{figures.entries.last} <ProofMark kind={view.figuresMark} />
          </>
        ) : (
          "USD"
        )
      }
      aside={
        document.state === "read" ? <SignatureMark proof={document.proof} what="Figures" /> : null
      }
    >
      {figures ? (
        <figure class={`equity is-${standingOf(view, "figures")}`}>
          <Chart points={figures.equity} />
          <figcaption>
            {figures.account.kind === "paper" ? "Paper account: " : ""}
            realised net after each of {counted(figures.equity.length, "trade")}; each step is one
            trade. Deepest fall from a peak {money(figures.maxDrawdown).text.replace("+", "")}.
          </figcaption>
          <PointTable points={figures.equity} />
          {figures.byStrategy.length > 0 ? <Sums figures={figures} /> : null}
        </figure>
      ) : (
        <p class="empty">
          None yet. The agent signs its figures once the first lines of the journal are opened.
        </p>
      )}
    </Panel>
  );
}
