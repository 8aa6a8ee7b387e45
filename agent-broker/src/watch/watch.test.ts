import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClockWatch } from "./clock-watch.ts";
import { DiskWatch, freeBytesOf } from "./disk-watch.ts";
import { MachineWatch } from "./machine-watch.ts";

/** An answer whose `Date` was read `offsetMs` ahead of our clock, half way between sending and receiving. */
function answer(atMs: number, offsetMs: number, wayMs = 20) {
  const date = new Date(Math.floor((atMs + wayMs / 2 + offsetMs) / 1_000) * 1_000).toUTCString();
  return { headers: { date }, sentAtMs: atMs, receivedAtMs: atMs + wayMs };
}

const AT = 1_700_000_000_000;

describe("the watch over a clock", () => {
  it("finds the offset to well under a second from dates that name seconds only", () => {
    fc.assert(
      fc.property(fc.integer({ min: -90_000, max: 90_000 }), (offsetMs) => {
        const watch = new ClockWatch("worker");
        for (let i = 0; i < 40; i++) watch.onAnswer(answer(AT + i * 1_037, offsetMs));
        expect(Math.abs((watch.offsetMs ?? Number.NaN) - offsetMs)).toBeLessThan(150);
      }),
    );
  });

  it("journals the first offset, one that surely moved, and one an hour", () => {
    const watch = new ClockWatch("worker");
    expect(watch.due(AT)).toBeNull();
    for (let i = 0; i < 10; i++) watch.onAnswer(answer(AT + i * 1_037, 0));
    expect(watch.due(AT)).toMatchObject({ source: "worker" });
    for (let i = 10; i < 90; i++) watch.onAnswer(answer(AT + i * 1_037, 300));
    expect(watch.due(AT + 90_000)).toBeNull();
    watch.onAnswer(answer(AT + 91_000, 5_000));
    expect(watch.due(AT + 91_000)?.offsetMs).toBeGreaterThan(4_000);
    expect(watch.due(AT + 91_000 + 3_599_000)).toBeNull();
    expect(watch.due(AT + 91_000 + 3_600_000)).not.toBeNull();
  });

  it("learns nothing from an answer without a date", () => {
    const watch = new ClockWatch("worker");
    watch.onAnswer({ headers: {}, sentAtMs: AT, receivedAtMs: AT });
    watch.onAnswer({ headers: { date: "soon" }, sentAtMs: AT, receivedAtMs: AT });
    expect(watch.offsetMs).toBeNull();
  });
});

describe("the watch over a disk", () => {
  it("says low below its limit, and eased only well above it", () => {
    let free = 501;
    const watch = new DiskWatch(500, () => free);
    const verdicts = [501, 499, 520, 549, 551].map((bytes) => {
      free = bytes;
      return [watch.look(), watch.isLow];
    });
    expect(verdicts).toEqual([
      [false, false],
      [true, true],
      [false, true],
      [false, true],
      [true, false],
    ]);
  });

  it("reads the room of a real folder", () => {
    expect(freeBytesOf(import.meta.dirname)).toBeGreaterThan(0);
  });
});

describe("the machine under the agent", () => {
  const watchAt = (offsetMs: number, free = 1_000) => {
    const said: string[] = [];
    const clock = new ClockWatch("worker");
    for (let i = 0; i < 20; i++) clock.onAnswer(answer(AT + i * 1_037, offsetMs));
    const log = {
      warn: (event: string) => void said.push(event),
      info: (event: string) => void said.push(event),
    };
    const disk = new DiskWatch(500, () => free);
    const machine = new MachineWatch({ clocks: [new ClockWatch("other"), clock], disk, log });
    machine.look(AT);
    return { machine, said };
  };

  it("has nothing to say where all is well", () => {
    const { machine, said } = watchAt(100);
    expect(machine).toMatchObject({ isDiskLow: false, warnings: [] });
    expect(said).toEqual([]);
  });

  it("warns of a clock that is seconds off", () => {
    const { machine, said } = watchAt(5_000);
    expect(machine.warnings).toEqual(["clock-skew"]);
    expect(machine.skewMs).toBeGreaterThan(4_500);
    expect(said).toEqual(["clock.skewed"]);
  });

  it("says that the disk has no room", () => {
    const { machine, said } = watchAt(0, 499);
    expect(machine.isDiskLow).toBe(true);
    expect(said).toEqual(["disk.low"]);
  });
});
