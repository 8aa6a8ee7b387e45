import { StatusMark } from "../ui/mark.tsx";
import { counted } from "../ui/number.ts";
import type { Finding } from "./protocol.ts";
import { meaningOf, placeTitle } from "./sentence.ts";

const SHOWN_MAX = 10;

function One({ finding }: { finding: Finding }) {
  const { means, not } = meaningOf(finding.code);
  const { served, expected } = finding;
  return (
    <section class="panel finding">
      <div class="panel-head">
        <h2>
          <StatusMark kind="bad" /> {placeTitle(finding)}
        </h2>
      </div>
      <dl class="facts-list">
        <dt>Found</dt>
        <dd class="finding-said">{finding.said}</dd>
        {served === undefined ? null : (
          <>
            <dt>Adds up to</dt>
            <dd class="mono bad-text">{served}</dd>
          </>
        )}
        {expected === undefined ? null : (
          <>
            <dt>Expected</dt>
            <dd class="mono">{expected}</dd>
          </>
        )}
        <dt>This means</dt>
        <dd>{means}</dd>
        <dt>It does not mean</dt>
        <dd>{not}</dd>
      </dl>
    </section>
  );
}

/** Every place that does not add up, laid out like good news: cause, meaning and limit. */
export function Findings({ findings }: { findings: readonly Finding[] }) {
  const more = findings.length - SHOWN_MAX;
  return (
    <>
      {findings.slice(0, SHOWN_MAX).map((finding, i) => (
        <One key={i} finding={finding} />
      ))}
      {more > 0 ? (
        <p class="faint">{counted(more, "more finding")}: the saved evidence holds them all.</p>
      ) : null}
    </>
  );
}
