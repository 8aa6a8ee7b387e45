import type { Facts } from "./protocol.ts";
import { boxWords } from "./sentence.ts";
import type { Phase, VerifyView } from "./view.ts";

const TONE: Readonly<Record<Phase, "plain" | "good" | "warn" | "bad">> = {
  idle: "plain",
  running: "plain",
  stopped: "plain",
  unable: "warn",
  offline: "warn",
  good: "good",
  bad: "bad",
};

function BigMark({ tone }: { tone: "plain" | "good" | "warn" | "bad" }) {
  return (
    <svg
      class={`big-mark big-${tone}`}
      viewBox="0 0 34 34"
      width="34"
      height="34"
      aria-hidden="true"
    >
      {tone === "good" ? (
        <>
          <circle class="disc" cx="17" cy="17" r="17" />
          <path class="cut" d="M9.5 17.5 15 23 25 11.5" />
        </>
      ) : tone === "bad" ? (
        <>
          <path class="disc" d="M17 0 34 17 17 34 0 17Z" />
          <path class="cut" d="M12.5 12.5 21.5 21.5M21.5 12.5 12.5 21.5" />
        </>
      ) : tone === "warn" ? (
        <>
          <path class="disc" d="M17 2 33 31H1Z" />
          <path class="cut" d="M17 12V21M17 24V27.5" />
        </>
      ) : (
        <circle class="ring" cx="17" cy="17" r="15.5" stroke-dasharray="6 4.2" />
      )}
    </svg>
  );
}

function Progress({ view }: { view: VerifyView }) {
  const { done, total } = view.progress;
  const share = total === 0 ? 0 : done / total;
  return (
    <svg
      class="progress"
      width="100%"
      height="6"
      role="progressbar"
      aria-label="Leaves checked"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(100 * share)}
    >
      <rect class="progress-all" width="100%" height="6" />
      <rect class="progress-done" width={`${(100 * share).toFixed(2)}%`} height="6" />
    </svg>
  );
}

interface BoxProps {
  readonly view: VerifyView;
  readonly facts: Facts;
  /** False until the page's script runs. */
  readonly ready: boolean;
  readonly onCheck: () => void;
  readonly onStop: () => void;
  readonly onSave: () => void;
}

function Action({ view, ready, onCheck, onStop }: BoxProps) {
  if (view.phase === "unable") return null;
  if (view.phase === "running") {
    return (
      <button key="action" type="button" class="button" onClick={onStop}>
        Stop
      </button>
    );
  }
  return (
    <button
      key="action"
      type="button"
      class={view.phase === "idle" ? "button primary" : "button"}
      disabled={!ready}
      onClick={onCheck}
      data-click="check"
    >
      {view.phase === "idle" ? "Check the whole record" : "Check again"}
    </button>
  );
}

/** The verdict with its scope in numbers; the box keeps its size while the check runs. */
export function ResultBox(props: BoxProps) {
  const { view, facts, onSave } = props;
  const { title, scope } = boxWords(view, facts);
  const tone = TONE[view.phase];
  const decided = view.phase === "good" || view.phase === "bad";
  return (
    <section class={`result result-${tone}`} aria-label="Result">
      <BigMark tone={tone} />
      <div class="result-words">
        <p class="verdict">{title}</p>
        <p class="result-scope">{scope}</p>
      </div>
      <div class="result-actions">
        <Action {...props} />
        {decided ? (
          <button type="button" class="text-button" onClick={onSave}>
            {view.phase === "bad" ? "Save the evidence" : "Save result"}
          </button>
        ) : null}
      </div>
      <Progress view={view} />
    </section>
  );
}
