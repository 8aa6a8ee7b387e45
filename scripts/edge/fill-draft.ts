import type { Draft } from "@believe/shared/wire";

/** A fill, the record that a paper account opens most. */
export function fillDraft(n: number): Draft {
  return {
    stream: "fill",
    body: {
      exec: `e${n}`,
      order: `o${n}`,
      trade: `t${n}`,
      symbol: "MESH4",
      atUs: 1_704_810_000_000_000 + n * 1_000_000,
      side: n % 2 === 0 ? "buy" : "sell",
      qty: 1,
      price: "4783.25",
      fee: "2.25",
      role: "entry",
      reason: "cross-up",
    },
  };
}
