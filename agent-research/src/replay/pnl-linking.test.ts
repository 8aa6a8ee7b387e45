import { readFileSync } from "node:fs";
import { priceTicks } from "@believe/shared/base";
import { Lots } from "@believe/shared/trade";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const folder = process.env["BELIEVE_VECTORS"] ?? "../shared/vectors";
const order = z.tuple([
  z.string(),
  z.enum(["buy", "sell"]),
  z.number(),
  z.number(),
  z.string().nullable(),
]);
type Order = z.infer<typeof order>;
const perOrder = z.record(z.string(), z.number());
const vectors = z.object({ orders: z.array(order), structural: perOrder, fifo: perOrder });

function golden(): z.infer<typeof vectors> | null {
  try {
    return vectors.parse(JSON.parse(readFileSync(`${folder}/quant/pnl_linking.json`, "utf8")));
  } catch {
    return null;
  }
}

interface Linked {
  readonly realised: Record<string, number>;
  readonly openCost: number;
}

/** Each sell closes the buy that it names. */
function structural(orders: readonly Order[]): Linked {
  const open = new Map<string, { price: number; qty: number }>();
  const realised: Record<string, number> = {};
  for (const [id, side, qty, price, parent] of orders) {
    if (side === "buy") open.set(id, { price, qty });
    const bought = parent === null ? undefined : open.get(parent);
    if (side === "sell" && bought) {
      bought.qty -= qty;
      realised[id] = (price - bought.price) * qty;
    }
  }
  const costs = [...open.values()].map(({ price, qty }) => price * qty);
  return { realised, openCost: costs.reduce((sum, cost) => sum + cost, 0) };
}

/** Each sell closes the oldest lots: what our book does. */
function fifo(orders: readonly Order[]): Linked {
  const lots = new Lots();
  const realised: Record<string, number> = {};
  for (const [id, side, qty, price] of orders) {
    const result = lots.fill(side, qty, priceTicks(price));
    if (side === "sell") realised[id] = result;
  }
  return { realised, openCost: lots.cost };
}

const total = ({ realised, openCost }: Linked): number =>
  Object.values(realised).reduce((sum, one) => sum + one, 0) - openCost;

const price = fc.integer({ min: 900, max: 1100 });

/** Buys, and sells that each close a part of one buy before them. */
const linkedOrders = fc
  .array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 5 }), price, fc.nat(9)), {
    maxLength: 30,
  })
  .map((wishes) => {
    const left: { id: string; qty: number }[] = [];
    return wishes.flatMap(([buys, qty, at, which], n): Order[] => {
      const id = `O${n}`;
      const open = left.filter((one) => one.qty > 0);
      const parent = open[which % Math.max(1, open.length)];
      if (buys || !parent) {
        left.push({ id, qty });
        return [[id, "buy", qty, at, null]];
      }
      const closes = Math.min(qty, parent.qty);
      parent.qty -= closes;
      return [[id, "sell", closes, at, parent.id]];
    });
  });

describe("profit and loss by linked orders and by oldest lots", () => {
  it("are attributed as in the vectors", (test) => {
    const found = golden();
    if (!found) return test.skip(`no vectors under ${folder}`);
    expect(structural(found.orders).realised).toEqual(found.structural);
    expect(fifo(found.orders).realised).toEqual(found.fifo);
  });

  it("agree in realised less open cost, whatever closes what", () => {
    fc.assert(
      fc.property(linkedOrders, (orders) => {
        expect(total(structural(orders))).toBe(total(fifo(orders)));
      }),
    );
  });

  it("differ in realised alone when lots of another cost stay open", () => {
    const orders: Order[] = [
      ["A", "buy", 1, 10, null],
      ["B", "buy", 1, 12, null],
      ["C", "sell", 1, 13, "B"],
    ];
    expect([structural(orders), fifo(orders)]).toEqual([
      { realised: { C: 1 }, openCost: 10 },
      { realised: { C: 3 }, openCost: 12 },
    ]);
  });
});
