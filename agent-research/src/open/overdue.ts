import { minuteStartOf } from "@believe/host/spool";
import { HOUR_US, type TimeUs } from "@believe/shared/base";
import { overdueAtUs, tradeDateOf } from "@believe/shared/market";
import { type OpenDayOptions, type OpenedDay, openDay, openedLeavesAt } from "./open-day.ts";
import type { ReplicaRecord } from "./replica-record.ts";

/** How long a day is overdue before it is opened from here: the broker agent may only be late. */
const PATIENCE_US = HOUR_US;

/** Where the leaves that the Worker shows opened end: a leaf without a salt cannot be opened and does not count. */
interface Reach {
  readonly index: number;
  readonly opened: number;
}

export interface OverdueOptions extends Pick<OpenDayOptions, "client" | "pauseMs" | "signal"> {
  /** The replica as it lies on the disk now. */
  readonly open: () => Promise<ReplicaRecord>;
}

/** Opens, oldest first, what the broker agent should have opened long ago and did not. One look at a time. */
export class OverdueDays {
  readonly #options: OverdueOptions;
  #reach: Reach = { index: 0, opened: 0 };

  constructor(options: OverdueOptions) {
    this.#options = options;
  }

  /** Opens the oldest overdue day; null where none is. */
  async look(nowUs: TimeUs): Promise<OpenedDay | null> {
    const { open, ...options } = this.#options;
    const record = await open();
    if (record.size === 0 || record.account.kind !== "live") return null;
    const day = this.#oldest(record, await openedLeavesAt(options.client));
    if (day === null || overdueAtUs(day) + PATIENCE_US > nowUs) return null;
    return await openDay(day, { ...options, record, nowUs });
  }

  /** The trade date of the first leaf that is not open. */
  #oldest(record: ReplicaRecord, openedLeaves: number): string | null {
    // The Worker's storage went back: count again.
    if (openedLeaves < this.#reach.opened) this.#reach = { index: 0, opened: 0 };
    let { index, opened } = this.#reach;
    for (const { minute, salt } of record.leaves(index)) {
      if (salt !== null && opened === openedLeaves) {
        this.#reach = { index, opened };
        return tradeDateOf(minuteStartOf(minute));
      }
      index += 1;
      if (salt !== null) opened += 1;
    }
    this.#reach = { index, opened };
    return null;
  }
}
