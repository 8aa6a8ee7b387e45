import { priceTicks } from "@believe/shared/base";
import { instrumentOf, type Side } from "@believe/shared/market";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyLedger, Ledger } from "./ledger.ts";
import type { Booked } from "./tally.ts";

const MES = instrumentOf("MESH4");
const DAY = 86_400_000_000;
const NOON = 1_704_823_200_000_000;

type Told = readonly [side: Side, qty: number, price: number];
const told = fc.tuple(
  fc.constantFrom<Side>("buy", "sell"),
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 19_000, max: 19_400 }),
);

function entry(n: number, [side, qty, price]: Told, revision = 0): Booked {
  const of = { exec: `x${n}`, revision, order: "B-000001", opens: `T-${n}`, strategy: "s" };
  const at = { stop: null, side, qty, price: priceTicks(price), fee: 62 * qty };
  return { ...of, ...at, atUs: NOON + n * (DAY / 8), intended: true };
}

function ledgerOf(all: readonly Told[]): Ledger {
  const ledger = new Ledger(MES, emptyLedger());
  all.forEach((one, n) => {
    ledger.take(entry(n, one));
  });
  return ledger;
}

describe("Ledger", () => {
  it("comes after a correction to what it had been told right at first: lots, totals, day and trade", () => {
    fc.assert(
      fc.property(
        fc.array(told, { minLength: 1, maxLength: 20 }),
        fc.nat(19),
        fc.option(told),
        (all, at, right) => {
          const n = at % all.length;
          const ledger = ledgerOf(all);
          const bust: Told = ["buy", 0, 0];
          ledger.replace(entry(n, right ?? bust, 1));
          const expected = new Ledger(MES, emptyLedger());
          all.forEach((one, i) => {
            const first = i === n ? right : one;
            if (first) expected.take(entry(i, first));
          });
          expect(ledger.tally.state()).toEqual(expected.tally.state());
        },
      ),
      { numRuns: 200 },
    );
  });

  it("changes nothing by settling what is old, and goes on from there", () => {
    fc.assert(
      fc.property(
        fc.array(told, { maxLength: 20 }),
        fc.nat(20),
        fc.array(told, { maxLength: 5 }),
        (all, cut, more) => {
          const [whole, settled] = [ledgerOf(all), ledgerOf(all)];
          settled.settle(({ exec }) => Number(exec.slice(1)) >= cut);
          expect(settled.booked.length).toBe(Math.max(0, all.length - cut));
          more.forEach((one, n) => {
            for (const ledger of [whole, settled]) ledger.take(entry(100 + n, one));
          });
          expect(settled.tally.state()).toEqual(whole.tally.state());
        },
      ),
    );
  });

  it("says which trade a change ended, and of none that was over or taken back", () => {
    const open = ledgerOf([
      ["buy", 2, 19_200],
      ["sell", 1, 19_210],
    ]);
    expect(open.replace(entry(0, ["buy", 1, 19_200], 1))?.trade).toBe("T-0");
    const taken = ledgerOf([["buy", 1, 19_200]]);
    expect(taken.replace(entry(0, ["buy", 0, 19_200], 1))).toBeNull();
    const over = ledgerOf([
      ["buy", 1, 19_200],
      ["sell", 1, 19_210],
    ]);
    expect(over.replace(entry(1, ["sell", 1, 19_220], 1))).toBeNull();
    expect(over.tally.realised).toBe(20 * 125 - 124);
  });
});
