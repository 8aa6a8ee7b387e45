import { type TimeUs, timeUs } from "@believe/shared/base";
import { describe, expect, it } from "vitest";
import { MarketClock } from "./market-clock.ts";

const START = 1_704_810_000_000_000;
const WALL = 1_800_000_000_000_000;

describe("the market clock of a played tape", () => {
  let wallUs = WALL;
  const clock = (speed: number): MarketClock =>
    new MarketClock(
      { kind: "tape", tapeStartUs: START, wallStartUs: WALL, speed, seed: "x" },
      (): TimeUs => timeUs(wallUs),
      timeUs(START),
    );

  it("stamps a row by the tape alone, however late it arrives", () => {
    const row = { run: "r1", seq: 7 };
    wallUs = WALL;
    const early = clock(600).ofRow(timeUs(START + 1_000_000), row);
    wallUs = WALL + 60_000_000;
    expect(clock(600).ofRow(timeUs(START + 1_000_000), row)).toBe(early);
  });

  it("never runs backwards", () => {
    const one = clock(1);
    one.advance(timeUs(START + 5_000_000));
    expect(one.ofRow(timeUs(START + 1_000_000), { run: "r1", seq: 1 })).toBe(START + 5_000_000);
  });

  it.each([1, 60, 600])(
    "at speed %i lets a row be two seconds late before silence overtakes it",
    (speed) => {
      const one = clock(speed);
      const stampUs = START + 10_000_000 * speed;
      // The row is due ten seconds after the start on the wall; the study writes it two seconds late.
      wallUs = WALL + 12_000_000;
      one.advance(one.silentUs());
      const stamped = one.ofRow(timeUs(stampUs), { run: "r1", seq: 1 });
      expect(stamped - stampUs).toBeGreaterThan(0);
      expect(stamped - stampUs).toBeLessThan(2_000);
    },
  );
});
