import type { ConsoleState } from "@believe/shared/wire";
import type { ComponentChildren } from "preact";
import { type Category, Square } from "../ui/mark.tsx";
import { Money } from "../ui/money.tsx";
import { lotsText, money, price } from "../ui/number.ts";
import { ctMinute } from "../ui/time.ts";
import { reasonWords } from "./reason-words.ts";

interface FigureProps {
  readonly category: Category;
  readonly label: string;
  readonly children: ComponentChildren;
  readonly cause: ComponentChildren;
}

function Figure({ category, label, children, cause }: FigureProps) {
  return (
    <div class="figure">
      <dt>
        <Square category={category} />
        {label}
      </dt>
      <dd class="figure-value">{children}</dd>
      <dd class="figure-cause">{cause}</dd>
    </div>
  );
}

const PHASES = {
  eth: "overnight",
  rth: "regular hours",
  break: "break",
  closed: "closed",
} as const;

function positionCause({ averagePrice, last, stop }: ConsoleState["position"]): string {
  if (averagePrice === null) return last === null ? "no price yet" : `last ${price(last)}`;
  const protection = stop === null ? "no stop" : `stop ${price(stop)}`;
  return `at ${price(averagePrice)}, last ${last === null ? "unknown" : price(last)}, ${protection}`;
}

/** The six figures: what we hold, what it makes, how far the limits are, and whether entries are possible. */
export function Figures({ state }: { state: ConsoleState }) {
  const { position, result, entries, session } = state;
  const held = position.lots === 0 ? "flat" : `${lotsText(position.lots)} ${position.symbol}`;
  return (
    <section class="figures-section" aria-label="Figures">
      <dl class="figures" id="figures">
        <Figure category="trade" label="Position" cause={positionCause(position)}>
          {held}
        </Figure>
        <Figure category="trade" label="Open P&L, net" cause="after the fee of leaving">
          {position.open === null ? "none" : <Money decimal={position.open} />}
        </Figure>
        <Figure
          category="trade"
          label="Day P&L, net"
          cause={`since 17:00 CT, limit ${money(`-${result.dayLossMax}`).text}`}
        >
          <Money decimal={result.day} />
        </Figure>
        <Figure
          category="trade"
          label="Below the peak"
          cause={
            result.drawdownMax === null
              ? "no limit set"
              : `limit ${money(result.drawdownMax).text.replace("+", "")}`
          }
        >
          {money(result.drawdown).text.replace("+", "")}
        </Figure>
        <Figure
          category="strategy"
          label="Entries"
          cause={entries.reasons.slice(0, 2).map(reasonWords).join("; ") || "nothing stops one"}
        >
          {entries.allowed ? "possible" : "off"}
        </Figure>
        <Figure
          category="core"
          label="Session"
          cause={
            session === null
              ? ""
              : `${PHASES[session.next.phase]} at ${ctMinute(session.next.atUs)} CT`
          }
        >
          {session === null ? "unknown" : PHASES[session.phase]}
        </Figure>
      </dl>
    </section>
  );
}
