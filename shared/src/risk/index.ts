export { consecutiveLosses, dailyLoss, entryBlocks } from "./blocks.ts";
export { defineLimit, type Limit, type RiskView } from "./limit.ts";
export { type Limits, limits } from "./limits.ts";
