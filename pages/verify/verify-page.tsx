import { ctOffset } from "../ui/time.ts";
import { Top } from "../ui/top.tsx";
import { Entry, type EntryActions } from "./entry.tsx";
import { Findings } from "./findings.tsx";
import { CannotProve, Keys, Proves } from "./limits.tsx";
import type { Facts } from "./protocol.ts";
import { Rails } from "./rails.tsx";
import { ResultBox } from "./result-box.tsx";
import { pageSentence } from "./sentence.ts";
import { Steps } from "./steps.tsx";
import type { VerifyView } from "./view.ts";
import { WithoutUs } from "./without-us.tsx";

export interface VerifyActions extends EntryActions {
  readonly onCheck: () => void;
  readonly onStop: () => void;
  readonly onSave: () => void;
}

const nothing = () => undefined;
/** What the page does before its script runs. */
export const NO_ACTIONS: VerifyActions = {
  onCheck: nothing,
  onStop: nothing,
  onSave: nothing,
  onAsk: nothing,
  onFiles: nothing,
  onSaveProof: nothing,
};

interface PageProps extends VerifyActions {
  readonly facts: Facts;
  readonly view: VerifyView;
  /** False until the page's script runs. */
  readonly ready: boolean;
  /** Whether the visitor came for one line, by a link: then that stands first. */
  readonly lineFirst: boolean;
}

function Foot({ view }: { view: VerifyView }) {
  const us = view.sums?.toUs ?? null;
  const offset = us === null ? "" : `, ${ctOffset(us)} on the market's date`;
  return (
    <footer class="foot">
      <p>
        Nothing here is a claim about real money. Times are America/Chicago (CT{offset}). Everything
        on this page is computed in your browser from the public log.
      </p>
    </footer>
  );
}

function Left(props: PageProps) {
  const { view, facts, ready, lineFirst } = props;
  const entry = <Entry key="entry" {...props} />;
  return (
    <div class="column">
      <ResultBox {...props} view={view} facts={facts} ready={ready} />
      {lineFirst ? entry : null}
      <Findings findings={view.findings} />
      <Rails sessions={view.sessions} />
      <Steps steps={view.steps} />
      {lineFirst ? null : entry}
    </div>
  );
}

/** The Verify page between the skip links and the scripts; the same on the server and in the browser. */
export function VerifyPage(props: PageProps) {
  const { facts, view } = props;
  return (
    <>
      <Top brand={facts.brand} here="verify">
        <p class="pill pill-account">
          <b>Runs in your browser</b> <span class="pill-detail">nothing is sent</span>
        </p>
      </Top>
      <main class="page verify">
        <h1 class="page-sentence" id="sentence" tabIndex={-1}>
          {pageSentence(view, facts)}
        </h1>
        <p class="lead">
          Your browser fetches the public log, recomputes every hash, and tells you what does not
          add up.
        </p>
        <noscript>
          <p class="lead">
            The check is a script of this page, and scripts are off here: nothing can turn green.
            The commands under “Without us” do the same outside of a browser.
          </p>
        </noscript>
        <div class="verify-columns">
          <Left {...props} />
          <div class="column">
            <Proves facts={facts} />
            <CannotProve facts={facts} />
            <WithoutUs facts={facts} />
            <Keys facts={facts} pin={view.pin} />
          </div>
        </div>
      </main>
      <Foot view={view} />
    </>
  );
}
