import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Kennel } from "./kennel.ts";
import type { Sight } from "./watchdog.ts";
import { watchdogs } from "./watchdogs.ts";

const well: Sight = {
  nowUs: 100_000_000,
  isOpen: true,
  feedFresh: true,
  clockSkewMs: 0,
  diskLow: false,
  queuedLeaves: 0,
  linkReady: true,
  mismatchSinceUs: null,
  unknownSinceUs: null,
  unprotectedSinceUs: null,
};

describe("the watchdogs", () => {
  it("are quiet while all is well, and overnight when nothing trades", () => {
    expect(new Kennel(watchdogs).look(well)).toEqual([]);
    const closed = { ...well, isOpen: false, feedFresh: false, linkReady: false };
    expect(new Kennel(watchdogs).look(closed)).toEqual([]);
  });

  it.each<[string, Partial<Sight>, Partial<Sight>]>([
    [
      "position-without-stop",
      { unprotectedSinceUs: 98_000_000 },
      { unprotectedSinceUs: 97_999_999 },
    ],
    ["position-mismatch", { mismatchSinceUs: 90_000_000 }, { mismatchSinceUs: 89_999_999 }],
    ["unknown-too-long", { unknownSinceUs: 70_000_000 }, { unknownSinceUs: 69_999_999 }],
    ["venue-not-alive", { linkReady: true }, { linkReady: false }],
    ["feed-stale", { feedFresh: true }, { feedFresh: false }],
    ["disk-low", { diskLow: false }, { diskLow: true }],
    ["clock-skew", { clockSkewMs: -2_000 }, { clockSkewMs: -2_001 }],
    ["spool-growing", { queuedLeaves: 30 }, { queuedLeaves: 31 }],
  ])("%s barks just past its limit, alone, once, and says when it ends", (dog, still, past) => {
    const kennel = new Kennel(watchdogs);
    expect(kennel.look({ ...well, ...still })).toEqual([]);
    expect(kennel.look({ ...well, ...past })).toEqual([{ dog, barking: true }]);
    expect(kennel.look({ ...well, ...past })).toEqual([]);
    expect(kennel.states.find((state) => state.dog.name === dog)?.sinceUs).toBe(well.nowUs);
    expect(kennel.look(well)).toEqual([{ dog, barking: false }]);
    expect(kennel.stopping).toEqual([]);
  });

  it("stop entries where they say so", () => {
    const kennel = new Kennel(watchdogs);
    kennel.look({ ...well, clockSkewMs: 31_000, queuedLeaves: 99 });
    expect(kennel.stopping).toEqual(["clock-wrong"]);
  });

  it("stand in the operator's handbook as they are", () => {
    const handbook = readFileSync(new URL("../../../docs/operating.md", import.meta.url), "utf8");
    const rows = handbook.split("\n").filter((line) => /\| (critical|warning|info) \|/.test(line));
    expect(rows).toEqual(
      watchdogs.map(({ name, severity, stopsEntries, audience, means }) => {
        const entries = stopsEntries ? "stop" : "go on";
        return `| \`${name}\` | ${severity} | ${entries} | ${audience} | ${means} |`;
      }),
    );
  });

  it("never tell the public what a position or an order does", () => {
    const told = watchdogs.filter(({ audience }) => audience === "public").map(({ name }) => name);
    expect(told.filter((name) => /position|order|unknown/.test(name))).toEqual([]);
  });
});
