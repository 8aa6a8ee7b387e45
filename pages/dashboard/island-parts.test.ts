import { expect, test } from "vitest";
import { Announcer } from "./announcer.ts";
import { EdgeClock } from "./edge-clock.ts";
import { equityLine } from "./equity-line.ts";
import { Painter } from "./painter.ts";

test("many requests make at most four paints a second, and none is lost", () => {
  const timers: { atMs: number; run: () => void }[] = [];
  let nowMs = 1000;
  let paints = 0;
  const painter = new Painter({
    nowMs: () => nowMs,
    after: (delayMs, run) => {
      timers.push({ atMs: nowMs + delayMs, run });
      return () => undefined;
    },
    isHidden: () => false,
    paint: () => {
      paints += 1;
    },
  });
  for (; nowMs < 2000; nowMs += 5) {
    painter.request();
    for (const timer of timers.splice(0)) {
      if (timer.atMs <= nowMs) timer.run();
      else timers.push(timer);
    }
  }
  expect(paints).toBe(4);
});

test("a hidden page paints nothing, and once when it is shown", () => {
  let hidden = true;
  let paints = 0;
  const painter = new Painter({
    nowMs: () => 0,
    after: (_delayMs, run) => {
      run();
      return () => undefined;
    },
    isHidden: () => hidden,
    paint: () => {
      paints += 1;
    },
  });
  for (let i = 0; i < 100; i++) painter.request();
  expect(paints).toBe(0);
  hidden = false;
  painter.shown();
  expect(paints).toBe(1);
});

test("the sentence is announced on a change of state, else at most every 30 s and never twice", () => {
  const announcer = new Announcer();
  expect(announcer.next("well", "a", 0)).toBeNull();
  expect(announcer.next("well", "b", 10_000)).toBeNull();
  expect(announcer.next("stale", "c", 11_000)).toBe("c");
  expect(announcer.next("stale", "d", 40_999)).toBeNull();
  expect(announcer.next("stale", "d", 41_000)).toBe("d");
  expect(announcer.next("stale", "d", 90_000)).toBeNull();
});

test("the edge's clock never runs back and does not follow a wrong clock here", () => {
  const clock = new EdgeClock(1_000_000, 0);
  expect(clock.nowUs(500)).toBe(1_500_000);
  clock.heard(1_200_000, 500);
  expect(clock.nowUs(500)).toBe(1_500_000);
  clock.heard(9_000_000, 600);
  expect(clock.nowUs(700)).toBe(9_100_000);
});

test("the equity line starts at zero, steps, and always has zero in its range", () => {
  const up = equityLine([10, 40]);
  expect(up.line.startsWith("M0 100H")).toBe(true);
  expect(up.ticks.map((tick) => tick.usd)).toEqual([40, 20, 0]);
  expect(up.line).not.toMatch(/[CSQL]/);
  const down = equityLine([-30]);
  expect(down.zeroY).toBe(0);
  expect(equityLine([]).line).toContain("H1000");
});
