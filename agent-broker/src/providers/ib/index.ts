import { defineProvider } from "../provider.ts";

/** Interactive Brokers through TWS or Gateway. */
export const ib = defineProvider({
  name: "ib",
  title: "Interactive Brokers",
  data: {
    name: "ib",
    status: "planned",
    trades: true,
    quotes: true,
    depthLevels: 10,
    licensed: true,
  },
  trade: {
    name: "ib",
    status: "planned",
    orderTypes: ["MKT", "LMT", "STP", "STP LMT", "TRAIL"],
    timesInForce: ["day", "gtc"],
    restsStops: true,
    attaches: { stop: true, target: true },
    oca: true,
    modifies: true,
    cancels: true,
    globalCancel: true,
    account: "both",
    lotsMax: 100,
    partialFills: true,
    keepsOrders: true,
    sharesAccount: true,
  },
});
