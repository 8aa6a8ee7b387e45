import type { TimeUs } from "@believe/shared/base";
import { strategyNamed } from "@believe/shared/strategy";
import type { ResumeEvent } from "./event.ts";
import type { JournalFold } from "./fold.ts";
import { resumeState } from "./resume-state.ts";

export interface ResumeSettings {
  readonly symbol: string;
  readonly strategy: string;
  /** Whatever is left out takes its default; the event carries all of them, so that a replay needs no defaults. */
  readonly parameters?: unknown;
  readonly limits?: unknown;
  readonly exits?: unknown;
  /** By default those of the paper venue. */
  readonly venue?: unknown;
  /** The market clock to go on from; by default where the journal ends. Never before it. */
  readonly tsUs?: TimeUs;
}

/** The first event of a new segment: what the journal says, under the settings of this start. Throws on bad settings. */
export function resumeEvent(fold: JournalFold, settings: ResumeSettings): ResumeEvent {
  const { symbol, strategy, parameters = {}, limits = {}, exits = {}, venue = {} } = settings;
  const state = resumeState.parse({
    symbol,
    strategy,
    parameters: strategyNamed(strategy).parse(parameters),
    limits,
    exits,
    venue,
    decisionTip: fold.decisionTip,
    holdings: fold.holdings,
  });
  const tsUs =
    settings.tsUs !== undefined && settings.tsUs > fold.marketUs ? settings.tsUs : fold.marketUs;
  return { kind: "resume", tsUs, state };
}
