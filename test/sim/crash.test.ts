import { describe, expect, test } from "vitest";
import { everyCut, nothingCounted } from "./crash/every-cut.ts";

const SEEDS = process.env["BELIEVE_LONG"] === "1" ? 40 : 4;
const CUTS_MIN = 250 * SEEDS;

describe("the power goes before any disk operation of the record", { timeout: 600_000 }, () => {
  const counted = nothingCounted();

  test.each(Array.from({ length: SEEDS }, (_, i) => `seed-${i}`))(
    "%s: nothing promised is lost, nothing is doubled, mirror and replica agree in the end",
    async (seed) => {
      await everyCut(seed, counted, "prefix");
      expect(counted.broken).toEqual([]);
    },
  );

  test("a thousand times and more, in everything that the journal does", () => {
    const { during } = counted;
    const cuts = Object.values(during).reduce((sum, count) => sum + count, 0);
    console.info(`power cuts: ${cuts}, ${JSON.stringify(during)}`);
    expect(cuts).toBeGreaterThanOrEqual(CUTS_MIN);
    for (const [activity, count] of Object.entries(during)) {
      expect(count, activity).toBeGreaterThanOrEqual(4 * SEEDS);
    }
  });
});
