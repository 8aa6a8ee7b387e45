import { describe, expect, it } from "vitest";
import { figures } from "./figures.ts";

const document = (net: string): unknown => ({
  v: 1,
  n: 1,
  atUs: 1,
  agent: "broker",
  currency: "USD",
  account: { kind: "paper", name: "paper-1" },
  entries: { first: 0, last: 9 },
  fills: 2,
  trades: 1,
  wins: 0,
  gross: "-5.00",
  fees: "1.24",
  net: "-6.24",
  maxDrawdown: "6.24",
  day: { tradeDate: "2024-01-09", net: "-6.24", trades: 1 },
  byStrategy: [{ strategy: "sma-cross", trades: 1, wins: 0, net: "-6.24" }],
  equity: [{ seq: 9, atUs: 1, net }],
});

describe("the figures document", () => {
  it("holds money of two decimals", () => {
    expect(figures.safeParse(document("-6.24")).success).toBe(true);
  });

  it.each(["-6.245", "6", "6.2", "1e3", "12345678901234567.00"])(
    "refuses %s, which a page could not reckon in cents",
    (net) => {
      expect(figures.safeParse(document(net)).success).toBe(false);
    },
  );
});
