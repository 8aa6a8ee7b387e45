import type { TradeCapabilities } from "@believe/shared/trade";

/** What Sierra does through the study. */
export const sierraTradeCapabilities: TradeCapabilities = {
  name: "sierra",
  status: "works",
  orderTypes: ["MKT", "LMT", "STP"],
  timesInForce: ["day", "gtc"],
  restsStops: true,
  attaches: { stop: true, target: true },
  oca: true,
  modifies: true,
  cancels: true,
  globalCancel: false,
  account: "both",
  lotsMax: 100,
  partialFills: true,
  keepsOrders: true,
  sharesAccount: true,
};
