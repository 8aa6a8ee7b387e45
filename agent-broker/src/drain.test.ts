import { timeUs } from "@believe/shared/base";
import { describe, expect, it } from "vitest";
import { drainWhileShrinking } from "./drain.ts";

/** A queue that loses `perDrain` leaves in every bounded drain, until `stuckAt` of them are left. */
function mirror(leaves: number, perDrain: number, stuckAt = 0) {
  const state = { queued: leaves };
  const drain = async (): Promise<boolean> => {
    state.queued = Math.max(stuckAt, state.queued - perDrain);
    return state.queued === 0;
  };
  return {
    drain,
    get state() {
      return {
        size: 0,
        root: "",
        cosigned: 0,
        cosignedAtUs: null,
        lastError: null,
        dueUs: timeUs(0),
        frozen: false,
        openedLeaves: 0,
        witnesses: [],
        ...state,
      };
    },
  };
}

describe("the drain of a stop", () => {
  it("goes on for as long as the queue gets shorter, however long it is", async () => {
    const heard: number[] = [];
    expect(await drainWhileShrinking(mirror(10, 4), 1, (queued) => heard.push(queued))).toBe(true);
    expect(heard).toEqual([10, 6, 2]);
  });

  it("gives up once a whole wait brought nothing", async () => {
    const heard: number[] = [];
    const stuck = mirror(10, 4, 5);
    expect(await drainWhileShrinking(stuck, 1, (queued) => heard.push(queued))).toBe(false);
    expect(heard).toEqual([10, 6, 5]);
  });
});
