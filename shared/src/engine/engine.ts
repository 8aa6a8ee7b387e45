import { invariant, type Sha256, type TimeUs } from "@believe/shared/base";
import type { Holdings } from "@believe/shared/trade";
import type { EventView } from "./cursor.ts";
import { FIRST_TIP } from "./decision-chain.ts";
import { EngineFailure } from "./failure.ts";
import type { Sink } from "./records.ts";
import type { ConnectionState } from "./resume-state.ts";
import { EngineRun } from "./run.ts";
import type { EngineStatus } from "./status.ts";

export interface EngineOptions {
  readonly sink: Sink;
  readonly sha256?: Sha256;
}

/**
 * One engine for live, paper, replay and simulation. Its first event is a resume; a later resume begins a new run.
 * `step` may only read the view during the call. Throws an invariant when the market clock goes back.
 */
export class Engine {
  readonly #options: EngineOptions;
  #run: EngineRun | null = null;
  #events = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  step(view: EventView): void {
    this.#events++;
    if (view.kind !== "resume") {
      if (!this.#run) {
        throw new EngineFailure("no-resume", `expected a resume event first, was ${view.kind}`);
      }
      this.#run.step(view);
      return;
    }
    invariant(view.state, "a resume carries its state");
    const before = this.#run;
    invariant(!before || view.tsUs >= before.nowUs, "the market clock never goes back");
    const { sink, sha256 } = this.#options;
    const options = sha256 === undefined ? { tsUs: view.tsUs } : { tsUs: view.tsUs, sha256 };
    this.#run = new EngineRun(sink, view.state, options);
  }

  /** Events stepped, resumes included. */
  get events(): number {
    return this.#events;
  }

  /** The market clock; null before the first resume. The host clamps the stamps of later events to it. */
  get nowUs(): TimeUs | null {
    return this.#run?.nowUs ?? null;
  }

  get decisionTip(): string {
    return this.#run?.desk.chain.tip ?? FIRST_TIP;
  }

  /** Read-only view of what is held; null before the first resume. */
  get holdings(): Holdings | null {
    return this.#run?.desk.holdings ?? null;
  }

  /** How the venue's connection stands, for the resume of a run that follows in this process; null before the first. */
  get connection(): ConnectionState | null {
    return this.#run?.desk.connection.state() ?? null;
  }

  /** Null before the first resume. */
  status(): EngineStatus | null {
    return this.#run?.status() ?? null;
  }
}

export function createEngine(options: EngineOptions): Engine {
  return new Engine(options);
}
