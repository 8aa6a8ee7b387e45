import type { Sha256 } from "@believe/shared/base";
import type { Draft } from "@believe/shared/wire";
import { decodeEvent } from "./capture.ts";
import { EventCursor } from "./cursor.ts";
import { FIRST_TIP } from "./decision-chain.ts";
import { Engine } from "./engine.ts";
import { EngineFailure } from "./failure.ts";

export interface ReplayOptions {
  readonly sha256?: Sha256;
  readonly onDraft?: (draft: Draft) => void;
}

/** Feeds captured lines to a fresh engine, one at a time. */
export class CaptureReplay {
  readonly #engine: Engine;
  readonly #cursor = new EventCursor();
  /** Every tip that the chain has had since the resume, in order: a crash may have cut the journal at any of them. */
  readonly tips: string[] = [];
  #resumedTip: string | null = null;
  #records = 0;

  constructor({ sha256, onDraft }: ReplayOptions = {}) {
    const emit = (draft: Draft): void => {
      this.#records++;
      onDraft?.(draft);
      const tip = this.#engine.decisionTip;
      if (tip !== this.tips.at(-1)) this.tips.push(tip);
    };
    this.#engine = new Engine(sha256 ? { sink: { emit }, sha256 } : { sink: { emit } });
  }

  push(line: string): void {
    const event = decodeEvent(line);
    if (event.kind === "resume") {
      const first = this.#resumedTip === null;
      if (!first && event.state.decisionTip !== this.#engine.decisionTip) {
        throw new EngineFailure("no-resume", "expected one resume per segment, was another chain");
      }
      this.#resumedTip ??= event.state.decisionTip;
      if (first) this.tips.push(event.state.decisionTip);
    }
    this.#engine.step(this.#cursor.at(event));
  }

  /** The tip from which the segment went on; null before its resume. */
  get resumedTip(): string | null {
    return this.#resumedTip;
  }

  get decisionTip(): string {
    return this.#resumedTip === null ? FIRST_TIP : this.#engine.decisionTip;
  }

  get events(): number {
    return this.#engine.events;
  }

  /** Records that the engine emitted. */
  get records(): number {
    return this.#records;
  }
}

export interface ReplayResult {
  readonly decisionTip: string;
  readonly events: number;
  readonly drafts: readonly Draft[];
}

/** Replays the lines of one capture segment in memory; empty lines are skipped. */
export function replayCapture(lines: Iterable<string>, options: ReplayOptions = {}): ReplayResult {
  const drafts: Draft[] = [];
  const onDraft = (draft: Draft): void => {
    drafts.push(draft);
    options.onDraft?.(draft);
  };
  const replay = new CaptureReplay({ ...options, onDraft });
  for (const line of lines) if (line !== "") replay.push(line);
  return { decisionTip: replay.decisionTip, events: replay.events, drafts };
}
