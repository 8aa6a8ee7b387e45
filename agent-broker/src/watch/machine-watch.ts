import type { Log } from "@believe/host/log";
import type { Body } from "@believe/shared/wire";
import type { ClockWatch } from "./clock-watch.ts";
import type { DiskWatch } from "./disk-watch.ts";

const SKEW_WARN_MS = 2_000;

export interface MachineWatchOptions {
  /** The clocks to compare with, the one that counts first: another counts while those before it are silent. */
  readonly clocks: readonly ClockWatch[];
  readonly disk: DiskWatch;
  readonly log: Pick<Log, "warn" | "info">;
}

/** The machine under the agent: the room on its disk, and how far its clock is from the edge's. Watchdogs judge it. */
export class MachineWatch {
  readonly #options: MachineWatchOptions;
  #skewed = false;

  constructor(options: MachineWatchOptions) {
    this.#options = options;
  }

  /** What a person should look at although entries go on. */
  get warnings(): "clock-skew"[] {
    return this.skewMs > SKEW_WARN_MS ? ["clock-skew"] : [];
  }

  get isDiskLow(): boolean {
    return this.#options.disk.isLow;
  }

  /** Looks once; answers with the clock record that is due, null mostly. */
  look(nowMs: number): Body<"clock"> | null {
    const { disk, log } = this.#options;
    if (disk.look()) log.warn(disk.isLow ? "disk.low" : "disk.eased");
    const skewed = this.skewMs > SKEW_WARN_MS;
    if (skewed !== this.#skewed) {
      this.#skewed = skewed;
      log.warn(skewed ? "clock.skewed" : "clock.near", { offsetMs: this.#clock?.offsetMs ?? null });
    }
    return this.#clock?.due(nowMs) ?? null;
  }

  get #clock(): ClockWatch | null {
    return this.#options.clocks.find(({ offsetMs }) => offsetMs !== null) ?? null;
  }

  /** Distance of this machine's clock from the edge's. */
  get skewMs(): number {
    return Math.abs(this.#clock?.offsetMs ?? 0);
  }
}
