import {
  type EntryProof,
  type Finding,
  type FromWorker,
  type Session,
  STEPS,
  type Step,
  type Sums,
} from "./protocol.ts";

/** Where the check stands. "unable": this browser lacks what the check needs. */
export type Phase = "idle" | "unable" | "running" | "good" | "bad" | "stopped" | "offline";

/** What this browser remembers of the journal's key, said as a fingerprint. */
export interface Pin {
  readonly state: "unknown" | "first" | "same" | "differs";
  readonly sinceMs: number | null;
  /** The remembered key where it differs from the page's. */
  readonly pinned: string | null;
}

export type EntryView =
  | { readonly kind: "none" }
  | { readonly kind: "asking"; readonly what: string }
  | { readonly kind: "proof"; readonly proof: EntryProof }
  | { readonly kind: "refused"; readonly said: string };

export interface VerifyView {
  readonly phase: Phase;
  readonly pin: Pin;
  readonly steps: readonly Step[];
  readonly progress: { readonly done: number; readonly total: number };
  readonly sessions: readonly Session[];
  readonly findings: readonly Finding[];
  readonly sums: Sums | null;
  /** What could not be reached, "" otherwise. */
  readonly lost: string;
  readonly entry: EntryView;
  /** What stands in the form's field. */
  readonly asked: string;
}

/** Findings beyond these are counted in the sentence, not kept: a wholly false log must not fill the memory. */
const FINDINGS_MAX = 200;

export const freshSteps: readonly Step[] = STEPS.map((name) => ({
  name,
  state: "waiting",
  said: "",
  ms: null,
}));

export const IDLE: VerifyView = {
  phase: "idle",
  pin: { state: "unknown", sinceMs: null, pinned: null },
  steps: freshSteps,
  progress: { done: 0, total: 0 },
  sessions: [],
  findings: [],
  sums: null,
  lost: "",
  entry: { kind: "none" },
  asked: "",
};

/** The view at the start of a run: all that an earlier run said is gone, what was pinned and asked stays. */
export function started(view: VerifyView): VerifyView {
  const { pin, entry, asked } = view;
  return { ...IDLE, pin, entry, asked, phase: "running" };
}

/** The view after Stop, the same when nothing runs. What was checked keeps its marks; no verdict is given. */
export function stopped(view: VerifyView): VerifyView {
  if (view.phase !== "running") return view;
  return { ...view, phase: "stopped", steps: view.steps.map(atRest) };
}

function atRest(step: Step): Step {
  return step.state === "running" ? { ...step, state: "skipped", said: "not finished" } : step;
}

function withSessions(old: readonly Session[], changed: readonly Session[]): readonly Session[] {
  const byDate = new Map([...old, ...changed].map((session) => [session.tradeDate, session]));
  return [...byDate.values()].sort((a, b) => (a.tradeDate < b.tradeDate ? -1 : 1));
}

/** What one message of the Web Worker makes of the view. A run is good only if it ended with sums and no finding. */
export function heard(view: VerifyView, told: FromWorker): VerifyView {
  switch (told.tell) {
    case "entry":
      return { ...view, entry: { kind: "proof", proof: told.proof } };
    case "no-entry":
      return { ...view, entry: { kind: "refused", said: told.said } };
    default:
      return view.phase === "running" ? ofRun(view, told) : view;
  }
}

function ofRun(
  view: VerifyView,
  told: Exclude<FromWorker, { readonly tell: "entry" | "no-entry" }>,
): VerifyView {
  switch (told.tell) {
    case "step": {
      const steps = view.steps.map((step) => (step.name === told.step.name ? told.step : step));
      return { ...view, steps };
    }
    case "progress":
      return { ...view, progress: { done: told.done, total: told.total } };
    case "sessions":
      return { ...view, sessions: withSessions(view.sessions, told.sessions) };
    case "finding":
      return view.findings.length < FINDINGS_MAX
        ? { ...view, findings: [...view.findings, told.finding] }
        : view;
    case "offline":
      return { ...stopped(view), phase: "offline", lost: told.what };
    case "done": {
      const isGood = told.sums !== null && view.findings.length === 0;
      return { ...view, sums: told.sums, phase: isGood ? "good" : "bad" };
    }
  }
}
