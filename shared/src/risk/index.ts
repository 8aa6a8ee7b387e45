export { consecutiveLosses, dailyLoss, drawdown, entryBlocks, limitNames } from "./blocks.ts";
export { datedEvents } from "./dated-event.ts";
export { type GuardView, guardNames, guardsOn, type OrderDraft, orderBlocks } from "./guard.ts";
export { defineLimit, type Limit, type RiskView } from "./limit.ts";
export { type Blackout, type Limits, limits } from "./limits.ts";
export { limitsOf, presets, type RiskSettings, riskSettings } from "./presets.ts";
