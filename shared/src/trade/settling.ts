import type { Body } from "@believe/shared/wire";
import type { OpenTrade } from "./open-trade.ts";
import type { Settlement } from "./settlement.ts";

/** Which records the last execution or correction still calls for, one stage after the other. */
export class Settling {
  #now: Settlement | null = null;

  get now(): Settlement | null {
    return this.#now;
  }

  /** The execution that is being settled. */
  get execution(): Extract<Settlement, { of: "execution" }> | null {
    return this.#now?.of === "execution" ? this.#now : null;
  }

  onExecution(execution: Body<"execution">, alive: boolean): void {
    this.#now = { of: "execution", execution, alive, stage: "fill" };
  }

  onCorrection(correction: Body<"correction">, ended: OpenTrade | null): void {
    this.#now = { of: "correction", correction, ended, stage: "position" };
  }

  onFill(): void {
    if (this.execution) this.execution.stage = "position";
  }

  onPosition(isFlat: boolean, isDone: (order: string) => boolean): void {
    const now = this.#now;
    if (now === null) return;
    const ends = now.of === "correction" ? now.ended !== null : isFlat;
    if (ends) now.stage = "trade";
    else this.onTrade(isDone);
  }

  onTrade(isDone: (order: string) => boolean): void {
    const { execution } = this;
    if (execution && isDone(execution.execution.order)) execution.stage = "filled";
    else this.#now = null;
  }

  onFilled(): void {
    if (this.#now?.stage === "filled") this.#now = null;
  }
}
