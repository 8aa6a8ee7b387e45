import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { every } from "./every.ts";

describe("work that is done again and again", () => {
  it("never overlaps itself, and stopping waits for the work under way", async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    const stop = every(1, async () => {
      running += 1;
      most = Math.max(most, running);
      await pause(5);
      running -= 1;
      done += 1;
    });
    while (done < 3) await pause(1);
    await stop();
    const atStop = done;
    expect(running).toBe(0);
    expect(most).toBe(1);
    await pause(20);
    expect(done).toBe(atStop);
  });

  it("asks for the pause after each run where it changes", async () => {
    const said: string[] = [];
    const stop = every(
      () => said.push("pause"),
      async () => said.push("run"),
    );
    while (said.length < 4) await pause(1);
    await stop();
    expect(said.slice(0, 4)).toEqual(["run", "pause", "run", "pause"]);
  });

  it("does nothing at all when it is stopped at once", async () => {
    let done = 0;
    await every(1, async () => {
      done += 1;
    })();
    await pause(10);
    expect(done).toBe(0);
  });
});
