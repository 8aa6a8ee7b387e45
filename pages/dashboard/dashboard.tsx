import type { Estate } from "@believe/shared/wire";
import { SessionRail } from "../ui/session-rail.tsx";
import { ctOffset, utcStamp } from "../ui/time.ts";
import { SessionClock } from "./clock.tsx";
import { readValue } from "./document.ts";
import { Equity } from "./equity.tsx";
import { Fills } from "./fills.tsx";
import { Header } from "./header.tsx";
import { KeyFigures } from "./key-figures.tsx";
import { Plumbing } from "./plumbing.tsx";
import { Proven } from "./proven.tsx";
import { railFacts } from "./rail-facts.ts";
import { stateSentence } from "./sentence.ts";
import type { LiveView } from "./view.ts";

interface DashboardProps {
  readonly estate: Estate;
  readonly view: LiveView;
}

function Sentence({ view }: { view: LiveView }) {
  const parts = stateSentence(view);
  return (
    <h1 class="sentence" id="sentence" tabIndex={-1}>
      {parts.map((part, i) => (
        <span key={i} class={part.tone}>
          {i > 0 && !/^[,;.]/.test(part.text) ? " " : ""}
          {part.text.replaceAll(" CT", "\u00a0CT")}
        </span>
      ))}
    </h1>
  );
}

function Foot({ estate, view }: DashboardProps) {
  const status = readValue(view.broker);
  const market = status?.marketUs ?? view.nowUs;
  const paper = (status?.account.kind ?? estate.account.kind) === "paper";
  const seeded = status?.feed.seeded ?? false;
  return (
    <footer class="foot">
      <p>
        {paper ? `Paper account${seeded ? " on a seeded tape" : ""}. ` : ""}
        Nothing here is a claim about real money. Times are America/Chicago (CT, {ctOffset(market)}{" "}
        on the market's date){seeded ? " of the tape" : ""}. Snapshot of {utcStamp(view.takenUs)}.
      </p>
    </footer>
  );
}

/** The Live page between the skip links and the scripts; the same on the server and in the island. */
export function Dashboard({ estate, view }: DashboardProps) {
  const kind = readValue(view.broker)?.account.kind ?? estate.account.kind;
  return (
    <>
      <Header estate={estate} view={view} />
      <main class={view.link === "offline" ? "page is-offline" : "page"}>
        <SessionRail {...railFacts(view)} />
        <div class="state">
          <Sentence view={view} />
          <SessionClock view={view} />
        </div>
        <KeyFigures view={view} />
        <div class="columns">
          <div class="column">
            <Equity view={view} />
            <Fills rows={view.fills} kind={kind} />
          </div>
          <div class="column">
            <Plumbing view={view} />
            <Proven estate={estate} view={view} />
          </div>
        </div>
      </main>
      <Foot estate={estate} view={view} />
    </>
  );
}
