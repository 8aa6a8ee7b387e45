import { readFileSync } from "node:fs";
import { priceTicks } from "@believe/shared/base";
import { exitRules, stopLevel } from "@believe/shared/exit";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const folder = process.env["BELIEVE_VECTORS"] ?? "../shared/vectors";
const vectors = z.object({
  cases: z.array(
    z.object({
      bars: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
      side: z.union([z.literal(1), z.literal(-1)]),
      entry: z.number(),
      stop: z.number(),
      out: z.object({ exit_bar: z.number(), stop_by_bar: z.array(z.number()) }),
    }),
  ),
});

function golden(): z.infer<typeof vectors> | null {
  try {
    return vectors.parse(JSON.parse(readFileSync(`${folder}/quant/exits_r_multiple.json`, "utf8")));
  } catch {
    return null;
  }
}

describe("stopLevel", () => {
  it("puts the stop at the close of each bar where the golden paths put it", (test) => {
    const found = golden();
    if (!found) return test.skip(`no vectors under ${folder}`);
    const rules = exitRules.parse({});
    for (const { bars, side, entry, stop: firstPrice, out } of found.cases) {
      const firstStop = priceTicks(firstPrice * 4);
      let stop = firstStop;
      let best = entry * 4;
      const stops: number[] = [];
      for (const [, high, low, close] of bars.slice(0, out.stop_by_bar.length)) {
        const seen = (side === 1 ? high : low) * 4;
        best = side === 1 ? Math.max(best, seen) : Math.min(best, seen);
        const level = stopLevel(rules, {
          side: side === 1 ? "buy" : "sell",
          entry: entry * 4,
          firstStop,
          stop,
          best,
          close: priceTicks(close * 4),
        });
        stop = level?.stop ?? stop;
        stops.push(stop / 4);
      }
      expect(stops).toEqual(out.stop_by_bar);
    }
    expect(found.cases.length).toBe(12);
  });
});
