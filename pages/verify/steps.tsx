import { ProofMark, type ProofMarkKind, StatusMark } from "../ui/mark.tsx";
import { Panel } from "../ui/panel.tsx";
import type { Step, StepName, StepState } from "./protocol.ts";

const TITLES: Readonly<Record<StepName, string>> = {
  signature: "Signature on the newest checkpoint",
  witnesses: "Witnesses",
  tree: "Every leaf is in the tree",
  growth: "Grows from the tree you last saw",
  forks: "One history, and no other signed beside it",
  tiles: "Every stored hash is the sum of its leaves",
  lines: "Every opened line matches its leaf",
};

const PROOF: Readonly<
  Record<Exclude<StepState, "warn" | "bad">, readonly [ProofMarkKind, string]>
> = {
  waiting: ["pending", "not started"],
  running: ["signed", "running"],
  skipped: ["pending", "not checked"],
  good: ["checked", "checked by this browser"],
};

export function StateMark({ state }: { state: StepState }) {
  if (state === "warn" || state === "bad") {
    return (
      <>
        <StatusMark kind={state} />
        <span class="spoken">{state === "bad" ? "failed:" : "note:"}</span>
      </>
    );
  }
  const [kind, word] = PROOF[state];
  return <ProofMark kind={kind} word={word} />;
}

/** Below a tenth of a second in ms, else in seconds. */
export function timeText(ms: number): string {
  return ms < 100 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function Row({ step }: { step: Step }) {
  return (
    <li class={`step step-${step.state}`}>
      <StateMark state={step.state} />
      <span class="step-title">{TITLES[step.name]}</span>
      <span class="step-said">{step.said}</span>
      <span class="step-ms">{step.ms === null ? "" : timeText(step.ms)}</span>
    </li>
  );
}

/** Every check in its order, with what it found and how long it took here. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <Panel id="steps" category="core" title="Step by step" aside="time in your browser">
      <ol class="steps">
        {steps.map((step) => (
          <Row key={step.name} step={step} />
        ))}
      </ol>
    </Panel>
  );
}
