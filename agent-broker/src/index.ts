export { BrokerAgent, type BrokerHooks, type BrokerSummary } from "./agent.ts";
export { type BrokerConfig, readBrokerConfig } from "./config.ts";
export type { LoopPoint } from "./trading-loop.ts";
