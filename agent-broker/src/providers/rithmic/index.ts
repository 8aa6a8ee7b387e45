import { defineProvider } from "../provider.ts";

/** Rithmic's own protocol. Nothing of it is written. */
export const rithmic = defineProvider({
  name: "rithmic",
  title: "Rithmic",
  data: {
    name: "rithmic",
    status: "planned",
    trades: true,
    quotes: true,
    depthLevels: 10,
    licensed: true,
  },
  trade: {
    name: "rithmic",
    status: "planned",
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
  },
});
