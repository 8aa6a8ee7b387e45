import { utf8 } from "@believe/shared/base";
import { expect, it } from "vitest";
import { type Leaf, leafText } from "./leaf.ts";
import { LeafOrder } from "./leaf-order.ts";

const ORIGIN = "log.example.test/j/broker";
type Drawn = readonly [minute: string, closed: Leaf["closed"], other?: Partial<Leaf>];

function taken(...drawn: readonly Drawn[]): LeafOrder {
  const order = new LeafOrder(ORIGIN);
  for (const [index, [minute, closed, other]] of drawn.entries()) {
    const root = new Uint8Array(32).fill(index);
    order.take(utf8(leafText({ origin: ORIGIN, index, minute, closed, root, ...other })));
  }
  return order;
}

it("lists minutes without a leaf, also over midnight, and counts cuts", () => {
  const order = taken(
    ["2024-02-28T23:58Z", "whole"],
    ["2024-02-28T23:59Z", "cut"],
    ["2024-02-28T23:59Z", "cut"],
    ["2024-02-29T00:02Z", "whole"],
    ["2024-02-29T00:03Z", "whole"],
  );
  expect(order.cuts).toBe(2);
  const gap = { leaf: 2, after: "2024-02-28T23:59Z", before: "2024-02-29T00:02Z", minutes: 2 };
  expect(order.gaps).toEqual([gap]);
});

it.each<[string, Drawn[], RegExp]>([
  [
    "a minute that goes back",
    [
      ["2024-01-09T14:21Z", "whole"],
      ["2024-01-09T14:20Z", "whole"],
    ],
    /from 2024-01-09T14:21Z on/,
  ],
  [
    "a whole minute that goes on",
    [
      ["2024-01-09T14:20Z", "whole"],
      ["2024-01-09T14:20Z", "cut"],
    ],
    /closed whole/,
  ],
  ["a minute of no calendar", [["2024-02-30T14:20Z", "whole"]], /calendar/],
  ["another log's leaf", [["2024-01-09T14:20Z", "whole", { origin: "b.test/x" }]], /b\.test/],
  [
    "another leaf's place",
    [["2024-01-09T14:20Z", "whole", { index: 3 }]],
    /expected leaf 0, was leaf 3/,
  ],
])("refuses %s and names the leaf", (_, drawn, says) => {
  expect(() => taken(...drawn)).toThrow(says);
  expect(() => taken(...drawn)).toThrow(
    expect.objectContaining({
      code: "tampered",
      facts: { place: expect.stringMatching(/^leaf \d+ \(/) },
    }),
  );
});

it("refuses an entry that is no leaf by its number", () => {
  const order = new LeafOrder(ORIGIN);
  expect(() => order.take(utf8("nothing"))).toThrow(
    expect.objectContaining({ code: "tampered", facts: { place: "leaf 0" } }),
  );
});
