import type { Log } from "@believe/host/log";
import type { Body } from "@believe/shared/wire";
import type { ClockWatch } from "./clock-watch.ts";
import type { DiskWatch } from "./disk-watch.ts";

const SKEW_WARN_MS = 2_000;
const SKEW_STOP_MS = 30_000;

/** Why this machine allows no entries, as the status says it. */
export type MachineReason = "disk-low" | "clock-skew";

export interface MachineWatchOptions {
  /** The clocks to compare with, the one that counts first: another counts while those before it are silent. */
  readonly clocks: readonly ClockWatch[];
  readonly disk: DiskWatch;
  readonly log: Pick<Log, "warn" | "info">;
}

/** What the machine under the agent allows: a disk with room, and a clock that is near the edge's. */
export class MachineWatch {
  readonly #options: MachineWatchOptions;
  #skewed = false;

  constructor(options: MachineWatchOptions) {
    this.#options = options;
  }

  /** No entry is taken while there is one. */
  get reasons(): MachineReason[] {
    const { disk } = this.#options;
    return [
      ...(disk.isLow ? (["disk-low"] as const) : []),
      ...(this.#skewMs > SKEW_STOP_MS ? (["clock-skew"] as const) : []),
    ];
  }

  /** What a person should look at although entries go on. */
  get warnings(): MachineReason[] {
    return this.#skewMs > SKEW_WARN_MS ? ["clock-skew"] : [];
  }

  /** Looks once; answers with the clock record that is due, null mostly. */
  look(nowMs: number): Body<"clock"> | null {
    const { disk, log } = this.#options;
    if (disk.look()) log.warn(disk.isLow ? "disk.low" : "disk.eased");
    const skewed = this.#skewMs > SKEW_WARN_MS;
    if (skewed !== this.#skewed) {
      this.#skewed = skewed;
      log.warn(skewed ? "clock.skewed" : "clock.near", { offsetMs: this.#clock?.offsetMs ?? null });
    }
    return this.#clock?.due(nowMs) ?? null;
  }

  get #clock(): ClockWatch | null {
    return this.#options.clocks.find(({ offsetMs }) => offsetMs !== null) ?? null;
  }

  get #skewMs(): number {
    return Math.abs(this.#clock?.offsetMs ?? 0);
  }
}
